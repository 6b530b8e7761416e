#include "protogcn/network_script.h"

#include "absl/strings/str_format.h"
#include "absl/strings/substitute.h"

// The children of upstream's nn.Sequential and nn.ModuleList are numbered; in TorchScript only getattr can
// name an attribute "0".

namespace trackfit::protogcn {

std::string PointwiseScript() {
  return R"(
def forward(self, x):
    return torch.conv2d(x, self.weight, self.bias)
)";
}

std::string BatchNormScript() {
  return R"(
def forward(self, x):
    return torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, self.training,
                            0.1, 1e-05, True)

def scale(self):
    return self.weight * torch.rsqrt(self.running_var + 1e-05)
)";
}

std::string ConvNormScript() {
  return R"(
def forward(self, x):
    return getattr(self, "1").forward(getattr(self, "0").forward(x))
)";
}

// Upstream's unit_tcn with a kernel of one.
std::string ResidualScript(int stride) {
  return absl::Substitute(R"(
def forward(self, x):
    return self.bn.forward(torch.conv2d(x, self.conv.weight, self.conv.bias, [$0, 1]))
)",
                          stride);
}

// Serving runs the entries of all branches as a single convolution, with the folded weights.
std::string BranchEntryScript() {
  return R"(
def forward(self, x):
    return self.temporal(torch.relu(getattr(self, "1").forward(getattr(self, "0").forward(x))))

def folded_weight(self):
    return getattr(self, "0").weight * getattr(self, "1").scale().reshape([-1, 1, 1, 1])

def folded_bias(self):
    norm = getattr(self, "1")
    return (getattr(self, "0").bias - norm.running_mean) * norm.scale() + norm.bias
)";
}

std::string TemporalConvScript(int stride, int dilation) {
  return absl::Substitute(R"(
def temporal(self, x):
    conv = getattr(self, "3").conv
    return torch.conv2d(x, conv.weight, conv.bias, [$0, 1], [$1, 0], [$1, 1])
)",
                          stride, dilation);
}

std::string TemporalMaxScript(int stride) {
  return absl::Substitute(R"(
def temporal(self, x):
    return torch.max_pool2d(x, [3, 1], [$0, 1], [1, 0])
)",
                          stride);
}

std::string PlainBranchScript(int stride) {
  return absl::Substitute(R"(
def forward(self, x):
    return torch.conv2d(x, self.weight, self.bias, [$0, 1])
)",
                          stride);
}

// In evaluation the entries of all branches run as one convolution, whose weights freezing makes constant.
std::string BranchesScript(int stride, int first, int others) {
  return absl::Substitute(R"(
def trained(self, x):
    return torch.cat([getattr(self, "0").forward(x), getattr(self, "1").forward(x),
                      getattr(self, "2").forward(x), getattr(self, "3").forward(x),
                      getattr(self, "4").forward(x), getattr(self, "5").forward(x)], 1)

def served(self, x):
    b0 = getattr(self, "0")
    b1 = getattr(self, "1")
    b2 = getattr(self, "2")
    b3 = getattr(self, "3")
    b4 = getattr(self, "4")
    b5 = getattr(self, "5")
    weight = torch.cat([b0.folded_weight(), b1.folded_weight(), b2.folded_weight(), b3.folded_weight(),
                        b4.folded_weight(), b5.weight], 0)
    bias = torch.cat([b0.folded_bias(), b1.folded_bias(), b2.folded_bias(), b3.folded_bias(),
                      b4.folded_bias(), b5.bias], 0)
    entries = torch.split_with_sizes(torch.conv2d(x, weight, bias), [$1, $2, $2, $2, $2, $2], 1)
    return torch.cat([b0.temporal(torch.relu(entries[0])), b1.temporal(torch.relu(entries[1])),
                      b2.temporal(torch.relu(entries[2])), b3.temporal(torch.relu(entries[3])),
                      b4.temporal(torch.relu(entries[4])), entries[5][:, :, ::$0]], 1)

def forward(self, x):
    if self.training:
        y = self.trained(x)
    else:
        y = self.served(x)
    return y
)",
                          stride, first, others);
}

std::string TransformScript() {
  return R"(
def forward(self, x):
    return getattr(self, "2").forward(torch.relu(getattr(self, "0").forward(x)))
)";
}

// The mean over the joints rides along as one more joint and is mixed in by a learned coefficient.
std::string TemporalScript(int nodes) {
  return absl::Substitute(R"(
def forward(self, x):
    y = self.branches.forward(torch.cat([x, torch.mean(x, [3], True)], 3))
    y = torch.addcmul(y[:, :, :, :$0], y[:, :, :, $0:], self.add_coeff[:$0])
    return self.bn.forward(self.transform.forward(y))
)",
                          nodes);
}

// Upstream averages conv1(x) and conv2(x) over time; averaging x first is the same and saves T - 1 of T
// parts.
std::string GraphScript(int filters, int graph_channels, int width, int nodes, const std::string& shortcut) {
  return absl::Substitute(R"(
def forward(self, x):
    n = x.size(0)
    t = x.size(2)
    mean = torch.mean(x, [2], True)
    a = self.conv1.forward(mean).reshape([n, $0, $1, $3])
    b = self.conv2.forward(mean).reshape([n, $0, $1, $3])
    inter = torch.tanh(a.unsqueeze(-1) - b.unsqueeze(-2))
    intra = torch.softmax(torch.matmul(a.transpose(2, 3), b), -2) * self.beta[0]
    graph = torch.addcmul(intra.unsqueeze(2), inter, self.alpha[0])
    adjacency = (graph + self.A.unsqueeze(1)).reshape([n * $2, $3, $3])
    h = torch.relu(self.pre.forward(x)).reshape([n * $2, t, $3])
    y = self.bn.forward(self.post.forward(torch.bmm(h, adjacency).reshape([n, $2, t, $3])))
    return torch.relu(y + $4), graph.reshape([n, $2, $3, $3])
)",
                          filters, graph_channels, width, nodes, shortcut);
}

std::string StageScript(const std::string& residual) {
  return absl::Substitute(R"(
def forward(self, x):
    y, graph = self.gcn.forward(x)
    return torch.relu(self.tcn.forward(y)$0), graph
)",
                          residual);
}

std::string PrototypesScript() {
  return R"(
def response(self, x):
    return torch.softmax(torch.linear(x, self.query_matrix.weight), -1)

def recall(self, response):
    return torch.dropout(torch.linear(response, self.memory_matrix.weight), 0.1, self.training)
)";
}

std::string BackboneScript(int nodes, int in_channels, int graph_channels, const std::string& stages) {
  return absl::Substitute(R"(
def reconstruct(self, graph):
    n = graph.size(0)
    response = self.prn.response(graph.reshape([n, $2, $0 * $0]).transpose(1, 2))
    prn_graph = self.prn.recall(response).transpose(1, 2).reshape([n, $2, $0, $0])
    recon_graph = torch.relu(self.bn.forward(self.post.forward(prn_graph)))
    return prn_graph, recon_graph, response

def forward(self, x):
    n = x.size(0)
    m = x.size(1)
    t = x.size(2)
    y = self.data_bn.forward(x.permute([0, 1, 3, 4, 2]).reshape([n * m, $0 * $1, t]))
    y = y.reshape([n * m, $0, $1, t]).permute([0, 2, 3, 1]).contiguous()
    s = self.gcn
$3
    pooled = torch.mean(y, [2, 3]).reshape([n, m, -1]).mean([1])
    graph = graph.reshape([n, m, $2, $0, $0]).mean([1])
    return pooled, graph
)",
                          nodes, in_channels, graph_channels, stages);
}

std::string HeadScript(double dropout) {
  return absl::Substitute(R"(
def forward(self, pooled):
    return torch.linear(torch.dropout(pooled, $0, self.training), self.fc_cls.weight, self.fc_cls.bias)

def contrast(self, recon_mean):
    return torch.linear(recon_mean, self.csc_loss.cl_fc.weight, self.csc_loss.cl_fc.bias)
)",
                          absl::StrFormat("%.6f", dropout));
}

// Not upstream's. Of every node and of the bone that ends in it: the course over the window in `steps` steps,
// mean, spread and extremes; then attention between the nodes, because a wrong joint shows in the others. It
// shares nothing with the backbone: telling exercises apart discards exactly the differences that it looks
// for, and alone it trains much faster.
std::string JointHeadScript(int steps, const std::string& blocks) {
  return absl::Substitute(R"(
def statistics(self, x):
    n = x.size(0)
    v = x.size(2)
    course = torch.adaptive_avg_pool1d(x.permute([0, 2, 3, 1]).flatten(1, 2), [$0]).reshape([n, v, -1])
    spread, mean = torch.var_mean(x, [1], False)
    return torch.cat([course, mean, torch.sqrt(spread + 1e-06), torch.amin(x, [1]), torch.amax(x, [1])], 2)

def forward(self, x):
    posture = x.mean([1])
    bones = posture - posture.index_select(2, self.parent)
    lengths = torch.sqrt((bones * bones).sum([3]) + 1e-06)
    length_spread, length_mean = torch.var_mean(lengths, [1], False)
    steps = posture[:, 1:] - posture[:, :-1]
    speed = torch.sqrt((steps * steps).sum([3]) + 1e-06).mean([1])
    features = torch.cat([self.statistics(posture), self.statistics(bones),
                          torch.stack([length_mean, torch.sqrt(length_spread + 1e-06), speed], 2)], 2)
    y = self.entry.forward(features) + self.node
$1
    return self.exit.forward(self.norm.forward(y)).squeeze(2)
)",
                          steps, blocks);
}

// Not upstream's either: a masked-joint decoder. The body is copied once per node; in each copy that node and
// the limb that hangs on it (`hidden`, a row per copy) are masked, and the rest predicts the node's course
// over the window in `steps` steps of `channels` coordinates.
std::string JointDecoderScript(int steps, int channels, const std::string& blocks) {
  return absl::Substitute(R"(
def forward(self, x):
    n = x.size(0)
    v = x.size(3)
    posture = x.mean([1])
    course = torch.adaptive_avg_pool1d(posture.permute([0, 2, 3, 1]).flatten(1, 2), [$0]).reshape([n, v, -1])
    hidden = self.hidden.unsqueeze(2).to(course)
    seen = self.entry.forward(course.unsqueeze(1) * (1 - hidden)) + self.node + self.veil * hidden
    y = seen.flatten(0, 1)
$2
    asked = torch.diagonal(y.reshape([n, v, v, -1]), 0, 1, 2).transpose(1, 2)
    expected = self.exit.forward(self.norm.forward(asked))
    away = (expected - course).reshape([n, v, $1, $0])
    return torch.sqrt((away * away).sum([2]) + 1e-06).mean([2])
)",
                          steps, channels, blocks);
}

std::string AttentionScript(int heads, int channels) {
  return absl::Substitute(R"(
def forward(self, x):
    n = x.size(0)
    v = x.size(1)
    parts = self.parts.forward(self.norm1.forward(x)).reshape([n, v, 3, $0, $1]).permute([2, 0, 3, 1, 4])
    weights = torch.softmax(torch.matmul(parts[0], parts[1].transpose(2, 3)) * $1 ** -0.5, -1)
    heard = torch.matmul(weights, parts[2]).transpose(1, 2).reshape([n, v, $0 * $1])
    y = x + self.mix.forward(heard)
    return y + self.narrow.forward(torch.relu(self.widen.forward(self.norm2.forward(y))))
)",
                          heads, channels);
}

std::string LayerNormScript(int channels) {
  return absl::Substitute(R"(
def forward(self, x):
    return torch.layer_norm(x, [$0], self.weight, self.bias)
)",
                          channels);
}

std::string LinearScript() {
  return R"(
def forward(self, x):
    return torch.linear(x, self.weight, self.bias)
)";
}

std::string NetworkScript(const std::string& joints) {
  return absl::Substitute(R"(
def reconstruct(self, graph):
    return self.backbone.reconstruct(graph)

def contrast(self, recon_mean):
    return self.cls_head.contrast(recon_mean)

def forward(self, x):
    pooled, graph = self.backbone.forward(x)
    prn_graph, recon_graph, response = self.backbone.reconstruct(graph)
    recon_mean = recon_graph.mean([1]).reshape([x.size(0), -1])
    return self.cls_head.forward(pooled), pooled, graph, recon_graph, recon_mean, response$0
)",
                          joints);
}

}  // namespace trackfit::protogcn
