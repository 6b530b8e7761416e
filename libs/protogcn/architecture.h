// The shape of a ProtoGCN: how many joints, stages, channels, prototypes and classes.
// Source: Liu et al., "Revealing Key Details to See Differences: A Novel Prototypical Perspective for
// Skeleton-based Action Recognition", CVPR 2025.
#ifndef TRACKFIT_PROTOGCN_ARCHITECTURE_H_
#define TRACKFIT_PROTOGCN_ARCHITECTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace trackfit::protogcn {

inline constexpr const char* kFaultsHead = "faults";
inline constexpr const char* kDecoderHead = "decoder";

struct NetworkConfig {
  std::string layout;                      // name of the skeleton layout, e.g. "blazepose_33"
  int nodes = 0;                           // V, joints of the layout
  std::vector<std::pair<int, int>> bones;  // (child, parent); may be empty: then no bone prior at the start
  int window = 100;                        // T, frames
  int in_channels = 3;                     // C of the input
  int base_channels = 96;                  // width of the first stage
  double ch_ratio = 2;                     // widening at each of inflate_stages
  int num_stages = 10;
  std::vector<int> inflate_stages = {5, 8};  // 1-based, ascending; the first stage is never among them
  std::vector<int> down_stages = {5, 8};     // 1-based, ascending; stages that halve the frame rate
  int num_filters = 8;                       // K, learned graphs per stage
  double filter_ratio = 0.125;               // channels of one graph = filter_ratio * channels of its stage
  int num_prototypes = 100;                  // P, motion prototypes of the reconstruction network
  int contrast_channels = 256;               // width of the class-specific contrastive feature
  int joint_coefficients = 0;                // length of add_coeff; 0 = nodes (upstream has 25 for 20 nodes)
  int classes = 0;                           // C of the logits
  double head_dropout = 0;                   // probability, only in training
  int joint_channels = 0;  // width of the joint head, a multiple of kJointHeads; 0 = none (as upstream)
  // What the joint head is trained on: "faults", movements whose wrong joints are known; or "decoder", to
  // predict the place of a joint from the others.
  std::string joint_head = kFaultsHead;

  // INVALID_ARGUMENT naming the field and its limit.
  absl::Status Validate() const;
};

// Attention heads of the joint head.
inline constexpr int kJointHeads = 4;

// One stage, derived from the config.
struct Stage {
  int in_channels = 0;
  int out_channels = 0;
  int stride = 1;          // in time
  int graph_channels = 0;  // per filter
  bool residual = true;    // the first stage has none
};

// The stages of a valid config.
std::vector<Stage> Stages(const NetworkConfig& config);

// G: channels of the last stage's graph, num_filters * graph_channels.
int GraphChannels(const NetworkConfig& config);

// F: channels of the pooled feature.
int FeatureChannels(const NetworkConfig& config);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_ARCHITECTURE_H_
