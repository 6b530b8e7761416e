// Which sessions try a new version of a model.
#ifndef TRACKFIT_MODEL_STORE_CANARY_H_
#define TRACKFIT_MODEL_STORE_CANARY_H_

#include <string_view>

namespace trackfit::model_store {

// Whether this session is among the `share` of all that get the canary, [0, 1]. Depends on nothing else, so
// that gateway, inferencers and retries agree; who is in stays in when the share grows.
bool IsInCanary(std::string_view session_id, double share);

}  // namespace trackfit::model_store

#endif  // TRACKFIT_MODEL_STORE_CANARY_H_
