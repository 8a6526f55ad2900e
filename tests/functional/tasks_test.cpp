#include "workloads/tasks/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/check/error.h"
#include "tests/functional/byte_tokenizer.h"
#include "workloads/tasks/task_schema.h"

namespace aimc::workloads {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class Tasks : public ::testing::Test {
 protected:
  Tasks()
      : directory(std::filesystem::path(::testing::TempDir()) /
                  ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::create_directories(directory);
  }
  std::filesystem::path write(const std::string& name, const std::string& content) {
    std::ofstream(directory / name, std::ios::binary) << content;
    return directory / name;
  }
  TaskSpec choice_spec(const std::string& lines) {
    TaskSpec spec;
    spec.choices = write("items.jsonl", lines);
    return spec;
  }
  std::filesystem::path directory;
  test::ByteTokenizer tokenizer;
};

TEST_F(Tasks, TheOraclesTextRule) {
  TaskSpec spec;
  spec.text =
      write("stories.txt",
            "cut<|endoftext|>\n One. \n<|endoftext|>caf\xC3\xA9<|endoftext|>Two.\n<|endoftext|>Three.<|endoftext|>cut");
  spec.drop_first_and_last = true;
  spec.ascii_only = true;
  spec.limit = 2;
  EXPECT_EQ(split_texts(spec), (std::vector<std::string>{"One.", "Two."}));
}

TEST_F(Tasks, EmptyPiecesAreNoTexts) {
  TaskSpec spec;
  spec.text = write("stories.txt", "A<|endoftext|>  <|endoftext|>B\n<|endoftext|>\n");
  EXPECT_EQ(split_texts(spec), (std::vector<std::string>{"A", "B"}));
}

TEST_F(Tasks, NoTextLeftIsTheUsersMistake) {
  TaskSpec spec;
  spec.text = write("stories.txt", "one text without separator");
  spec.drop_first_and_last = true;
  EXPECT_THAT([&] { split_texts(spec); },
              ThrowsMessage<InputError>(AllOf(HasSubstr("stories.txt"), HasSubstr("no text"))));
}

TEST_F(Tasks, TextsStartWithBosAndAreCutAtTheContext) {
  TaskSpec spec;
  spec.text = write("stories.txt", "abc<|endoftext|>d\xC3\xA9");
  const Task task = load_task(spec, tokenizer, 3);
  ASSERT_EQ(task.texts.size(), 2U);
  EXPECT_EQ(task.texts[0].ids, (std::vector<TokenId>{0, 'a' + 1, 'b' + 1}));
  EXPECT_EQ(task.texts[0].characters, 2);
  EXPECT_EQ(load_task(spec, tokenizer, 512).texts[1].characters, 2);  // d and é: code points, not bytes
}

TEST_F(Tasks, ChoicesContinueTheContext) {
  const auto task = load_task(
      choice_spec("{\"id\": 7, \"context\": \"ab\", \"choices\": [\" c\", \" de\"], \"answer\": 1, \"story\": 3}\n\n"
                  "{\"context\": \"x\", \"choices\": [\"y\", \"z\", \"w\"], \"answer\": 0}\n"),
      tokenizer, 512);
  ASSERT_EQ(task.choices.size(), 2U);
  EXPECT_EQ(task.choices[0].id, "7");
  EXPECT_EQ(task.choices[0].context, (std::vector<TokenId>{0, 'a' + 1, 'b' + 1}));
  EXPECT_EQ(task.choices[0].choices[1], (std::vector<TokenId>{' ' + 1, 'd' + 1, 'e' + 1}));
  EXPECT_EQ(task.choices[0].characters, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(task.choices[0].answer, 1);
  EXPECT_EQ(task.choices[1].id, "line 3");
}

TEST_F(Tasks, LongContextLosesItsOldestText) {
  const auto task =
      load_task(choice_spec(R"({"context": "abcdef", "choices": ["xy", "z"], "answer": 0})"), tokenizer, 5);
  EXPECT_EQ(task.choices[0].context, (std::vector<TokenId>{0, 'e' + 1, 'f' + 1}));
}

TEST_F(Tasks, ChoiceWithoutRoomForContextIsTheUsersMistake) {
  EXPECT_THAT(
      [&] { load_task(choice_spec(R"({"context": "ab", "choices": ["wxyz", "z"], "answer": 0})"), tokenizer, 5); },
      ThrowsMessage<InputError>(AllOf(HasSubstr("items.jsonl:1"), HasSubstr("4 tokens"))));
}

TEST_F(Tasks, MalformedItemsNameFileAndLine) {
  const std::string good = R"({"context": "a", "choices": ["b", "c"], "answer": 0})"
                           "\n";
  const std::vector<std::pair<std::string, std::string>> bad = {
      {R"({"context": "a", "choices": ["b", "c"], "answer": 2})", "answer"},
      {R"({"context": "a", "choices": ["b", "c"], "answer": "0"})", "answer"},
      {R"({"context": "a", "choices": ["b"], "answer": 0})", "choices"},
      {R"({"context": "a", "choices": "bc", "answer": 0})", "choices"},
      {R"({"context": "a", "choices": ["b", ""], "answer": 0})", "choices/1"},
      {R"({"context": "a", "choices": ["b", 3], "answer": 0})", "choices/1"},
      {R"({"choices": ["b", "c"], "answer": 0})", "context"},
      {R"({"context": "a", "choices": ["b", "c"])", "items.jsonl"},
      {R"([1, 2])", "items.jsonl"},
      {"no json", "items.jsonl"},
  };
  for (const auto& [line, hint] : bad) {
    EXPECT_THAT([&] { load_task(choice_spec(good + line + "\n"), tokenizer, 512); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("items.jsonl:2"), HasSubstr(hint))))
        << line;
  }
  EXPECT_THROW(load_task(choice_spec("\n \n"), tokenizer, 512), InputError);
  TaskSpec missing;
  missing.choices = directory / "nowhere.jsonl";
  EXPECT_THROW(load_task(missing, tokenizer, 512), InputError);
}

TEST_F(Tasks, TaskFileHasPathsRelativeToItself) {
  write("stories.txt", "A<|endoftext|>B");
  const auto file = write("task.yaml", "name: two stories\ntext: stories.txt\nlimit: 1\n");
  config::Diagnostics diagnostics;
  const TaskSpec spec = read_task_spec(file, diagnostics);
  EXPECT_TRUE(diagnostics.ok());
  EXPECT_EQ(spec.name, "two stories");
  EXPECT_EQ(split_texts(spec), std::vector<std::string>{"A"});
}

TEST_F(Tasks, TaskFileMistakesAreCollected) {
  const auto file = write("task.yaml", "name: x\nlimit: -1\ntexts: stories.txt\n");
  config::Diagnostics diagnostics;
  read_task_spec(file, diagnostics);
  const auto all = fmt::format("{}", fmt::join(diagnostics.messages(), "\n"));
  EXPECT_THAT(all, AllOf(HasSubstr("task.yaml:2"), HasSubstr("limit"), HasSubstr("texts")));
}

}  // namespace
}  // namespace aimc::workloads
