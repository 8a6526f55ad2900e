#pragma once
// What this room uses of libtorch, in one place: it is precompiled, and clang needs ivalue.h before everything else.
#include <ATen/core/ivalue.h>
//
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/optim/adamw.h>
#include <torch/types.h>
