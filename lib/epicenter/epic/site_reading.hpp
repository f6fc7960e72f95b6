// Asks a site what it can do.
#pragma once

#include <epicenter/epic/pipeline.hpp>

namespace epicenter::epic {

/// GET /metadata, without a token. It carries Epic-Client-ID: what Epic says may differ by client (reference:
/// epic, section 1.1). The profile is what was known, corrected by the answer, corrected by configuration.
runtime::task<result<site_profile>> read_site(pipeline&, std::string client_id, site_profile known,
                                              json::value overrides, instant deadline);

}  // namespace epicenter::epic
