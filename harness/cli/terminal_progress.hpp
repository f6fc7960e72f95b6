// Progress of a run on the standard error: one live line on a terminal, plain lines elsewhere.
#pragma once

#include <string>

#include "harness/engine/progress.hpp"

namespace epicenter::cli {

class terminal_progress final : public engine::progress {
 public:
  explicit terminal_progress(bool live) : live_(live) {}
  ~terminal_progress() override { clear_line(); }

  void scenario_started(const scenario::scenario&, std::string_view clock) override;
  void experiment_started(const scenario::scenario&, const scenario::experiment&, std::size_t number,
                          std::size_t of) override;
  void ticked(const engine::tick&) override;
  void experiment_ended(const reports::experiment_record&) override;

 private:
  void clear_line();

  bool live_;
  bool line_open_ = false;
  std::string where_;
  scenario::phase last_phase_ = scenario::phase::recovery;
};

}  // namespace epicenter::cli
