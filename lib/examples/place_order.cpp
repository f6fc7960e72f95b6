// Reads a patient's context and orders a blood count. The settings are those of epic/open.hpp.
#include <cstdio>
#include <epicenter/epic/open.hpp>
#include <epicenter/runtime/real/real_runtime.hpp>
#include <epicenter/runtime/task.hpp>

using namespace epicenter;

static runtime::task<> place_order(epic::adapter& epic, epic::write_request who, int& exit_code) {
  const result<> started = co_await epic.start();
  epic::read_request about;
  about.patient = who.patient;
  about.user = who.user;
  const auto context = co_await epic.patient_context(about);
  if (!started || !context) {
    std::fprintf(stderr, "%s\n", (started ? context.error() : started.error()).message().c_str());
  } else {
    const auto& known = context->allergies;  // partial is never «none»
    std::printf("allergies: %zu%s\n", known.resources.size(), known.partial ? ", and perhaps more" : "");
    epic::lab_order order{std::move(who), "58410-2", "CBC panel - Blood by Automated count"};
    const auto placed = co_await epic.order_lab(std::move(order));
    const std::string state(placed ? name_of(placed->state) : placed.error().message());
    std::printf("order: %s %s\n", state.c_str(), placed ? placed->resource.c_str() : "");
    if (placed && placed->state == epic::write_state::written) exit_code = 0;
  }
  co_await epic.stop();
}

int main(int argc, char** argv) {
  if (argc != 4) return std::fputs("Usage: place_order PATIENT ENCOUNTER PRACTITIONER\n", stderr), 2;
  runtime::real_runtime rt;
  auto opened = epic::open_adapter(rt, process_environment());
  if (!opened) return std::fprintf(stderr, "%s\n", opened.error().message().c_str()), 2;
  int exit_code = 1;
  epic::write_request who{{}, argv[1], argv[2], argv[3], {}};
  runtime::spawn(rt, "place_order", place_order(*opened->epic, std::move(who), exit_code));
  rt.run();
  return exit_code;
}
