#include "gateway/primary_person.h"

namespace trackfit::gateway {
namespace {

constexpr int64_t kPatienceUs = 1'500'000;

}  // namespace

const v1::Pose* PrimaryPerson::In(const v1::FrameResult& result) {
  const v1::Pose* primary = result.pose().person_id() == id_ ? &result.pose() : nullptr;
  for (const v1::Pose& other : result.other_poses()) {
    if (other.person_id() == id_) primary = &other;
  }
  if (primary == nullptr) {
    if (id_ != 0 && result.pose().timestamp_us() - seen_us_ <= kPatienceUs) return nullptr;
    primary = &result.pose();
    id_ = primary->person_id();
  }
  seen_us_ = primary->timestamp_us();
  return primary;
}

handover::PrimaryPersonState PrimaryPerson::State() const {
  handover::PrimaryPersonState state;
  state.set_id(id_);
  state.set_seen_us(seen_us_);
  return state;
}

void PrimaryPerson::Restore(const handover::PrimaryPersonState& state) {
  id_ = state.id();
  seen_us_ = state.seen_us();
}

}  // namespace trackfit::gateway
