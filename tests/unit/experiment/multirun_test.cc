#include "experiment/multirun.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/scratch_folder.h"

namespace trackfit::experiment {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Names(const Sweep& sweep) {
  std::vector<std::string> names;
  for (const Variant& variant : sweep.variants) names.push_back(sweep.NameOf(variant));
  return names;
}

TEST(Multirun, MakesTheProductOfTheLists) {
  const auto sweep = ExpandSweep({"training.epochs=3", "seed=1,2", "training.momentum=0,0.9"});
  ASSERT_TRUE(sweep.ok()) << sweep.status();
  EXPECT_THAT(Names(*sweep), ElementsAre("seed=1,training.momentum=0", "seed=1,training.momentum=0.9",
                                         "seed=2,training.momentum=0", "seed=2,training.momentum=0.9"));
  EXPECT_EQ(sweep->variants[2].settings.size(), 3U) << "those with one value, too";
}

TEST(Multirun, AListInBracketsIsOneValue) {
  const auto sweep = ExpandSweep({"network.widen=[3,5],[4]"});
  ASSERT_TRUE(sweep.ok()) << sweep.status();
  EXPECT_THAT(Names(*sweep), ElementsAre("network.widen=[3,5]", "network.widen=[4]"));
  EXPECT_THAT(sweep->variants[0].settings[0].value.items, ElementsAre("3", "5"));
}

TEST(Multirun, NamesAreFitForFolders) {
  EXPECT_THAT(Names(*ExpandSweep({"init=a/b.pt,../c d.pt"})), ElementsAre("init=a_b.pt", "init=.._c_d.pt"));
  EXPECT_THAT(std::string(ExpandSweep({"init=a/b,a:b"}).status().message()), HasSubstr("init=a_b"));
}

TEST(Multirun, RefusesWhatIsNoSweep) {
  EXPECT_THAT(std::string(ExpandSweep({"seed=1"}).status().message()), HasSubstr("several values"));
  EXPECT_THAT(std::string(ExpandSweep({"sed=1,2"}).status().message()), HasSubstr("did you mean seed?"));
}

TEST(Multirun, GoesOnAfterAFailureAndSumsUp) {
  const testing::ScratchFolder folder;
  const auto sweep = ExpandSweep({"output=" + folder.File("runs"), "seed=1,2,3", "network.widen=[3,5],[4]"});
  std::vector<std::string> outputs;
  const auto train = [&](const RunConfig& config, const std::string&) -> absl::StatusOr<RunResult> {
    outputs.push_back(config.output);
    if (config.training.seed == 2) return absl::InternalError("the loss is not finite");
    return RunResult{.metrics = {{"accuracy", 0.25 * static_cast<double>(config.training.seed)}},
                     .epoch = 4,
                     .seconds = 1};
  };
  std::ostringstream out;
  const absl::Status status = TrainAll({}, *sweep, false, train, out);
  EXPECT_EQ(status.message(), "2 of 6 runs failed");
  ASSERT_EQ(outputs.size(), 6U);
  EXPECT_EQ(outputs[5], folder.File("runs/seed=3,network.widen=[4]"));
  EXPECT_THAT(out.str(), HasSubstr("[3/6] failed: the loss is not finite"));
  std::ostringstream csv;
  csv << std::ifstream(folder.File("runs/summary.csv")).rdbuf();
  EXPECT_EQ(csv.str(),
            "seed,network.widen,kept_epoch,seconds,accuracy,status\n"
            "1,\"[3,5]\",4,1.0,0.2500,ok\n1,[4],4,1.0,0.2500,ok\n"
            "2,\"[3,5]\",,,,the loss is not finite\n2,[4],,,,the loss is not finite\n"
            "3,\"[3,5]\",4,1.0,0.7500,ok\n3,[4],4,1.0,0.7500,ok\n");
}

TEST(Multirun, ABadValueStopsItBeforeTheFirstRun) {
  const testing::ScratchFolder folder;
  const auto sweep = ExpandSweep({"output=" + folder.File("runs"), "training.epochs=3,-1"});
  std::ostringstream out;
  const auto train = [](const RunConfig&, const std::string&) -> absl::StatusOr<RunResult> {
    ADD_FAILURE() << "nothing should run";
    return RunResult{};
  };
  EXPECT_THAT(std::string(TrainAll({}, *sweep, false, train, out).message()),
              HasSubstr("training.epochs is -1"));
}

}  // namespace
}  // namespace trackfit::experiment
