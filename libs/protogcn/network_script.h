// The TorchScript of ProtoGCN's modules, bottom-up: each function gives the source of one module's methods.
// Names of children, parameters and buffers are those of the upstream state_dict; network.cc makes them.
#ifndef TRACKFIT_PROTOGCN_NETWORK_SCRIPT_H_
#define TRACKFIT_PROTOGCN_NETWORK_SCRIPT_H_

#include <string>

namespace trackfit::protogcn {

std::string PointwiseScript();  // a convolution with a kernel of one
std::string BatchNormScript();
std::string ConvNormScript();
std::string LinearScript();
std::string LayerNormScript(int channels);

// A stage's temporal unit: branches of temporal convolutions, a max pooling and a plain branch.
std::string BranchEntryScript();
std::string TemporalConvScript(int stride, int dilation);
std::string TemporalMaxScript(int stride);
std::string PlainBranchScript(int stride);
// `first`: channels of the first branch; `others`: of each other one.
std::string BranchesScript(int stride, int first, int others);
std::string TransformScript();
std::string TemporalScript(int nodes);

// A stage's graph unit. `width` = filters * graph_channels; `shortcut`: the expression that is added before
// the last ReLU.
std::string GraphScript(int filters, int graph_channels, int width, int nodes, const std::string& shortcut);

// `residual`: the term that is added, e.g. " + x", or "".
std::string StageScript(const std::string& residual);
std::string ResidualScript(int stride);

// The reconstruction of graphs from prototypes.
std::string PrototypesScript();

// `stages`: the lines that run the stages one after the other.
std::string BackboneScript(int nodes, int in_channels, int graph_channels, const std::string& stages);

// The classifier, and the feature of the class-specific contrast.
std::string HeadScript(double dropout);

// The joint heads; `blocks`: the lines that run their attention blocks.
std::string JointHeadScript(int steps, const std::string& blocks);
std::string JointDecoderScript(int steps, int channels, const std::string& blocks);
// `channels` of each of `heads`.
std::string AttentionScript(int heads, int channels);

// `joints`: the joint head's term of the result, e.g. ", self.joint_head.forward(x)", or "".
std::string NetworkScript(const std::string& joints);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_NETWORK_SCRIPT_H_
