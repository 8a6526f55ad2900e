#pragma once
#include <filesystem>
#include <vector>

#include "base/tensor/matrix.h"

namespace aimc::sim {

/// A matrix of finite numbers from a .npy file, [rows, columns]; `what` and `axes` name it in messages ("weights",
/// "[out, in]"). InputError for anything else: other types, orders and shapes, no elements, NaN or infinity.
Matrix read_matrix(const std::filesystem::path& file, const char* what, const char* axes);

/// Input ranges [row tiles] from a .npy file: positive finite numbers, `count` of them. InputError otherwise.
std::vector<float> read_input_ranges(const std::filesystem::path& file, Index count);

}  // namespace aimc::sim
