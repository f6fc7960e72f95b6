// Reads a patient's context and orders a blood count. The settings are those of epic/open.hpp; a signal ends
// it with the order in the ledger as it stands (operations/application.hpp).
#include <cstdio>
#include <epicenter/operations/application.hpp>

using namespace epicenter;

static runtime::task<int> place_order(epic::adapter& epic, epic::write_request who) {
  epic::read_request about;
  about.patient = who.patient;
  about.user = who.user;
  about.live = true;  // an order hangs on it
  const auto context = co_await epic.patient_context(about);
  if (!context) {
    std::fprintf(stderr, "%s\n", context.error().message().c_str());
    co_return 1;
  }
  const auto& known = context->allergies;  // partial is never «none»
  std::printf("allergies: %zu%s\n", known.resources.size(), known.partial ? ", and perhaps more" : "");
  epic::lab_order order{std::move(who), "58410-2", "CBC panel - Blood by Automated count"};
  const auto placed = co_await epic.order_lab(std::move(order));
  if (!placed) {
    std::fprintf(stderr, "%s\n", placed.error().message().c_str());
    co_return 1;
  }
  std::printf("order: %s %s\n", std::string(name_of(placed->state)).c_str(), placed->resource.c_str());
  co_return placed->state == epic::write_state::written ? 0 : 1;
}

int main(int argc, char** argv) {
  if (argc != 4) return std::fputs("Usage: place_order PATIENT ENCOUNTER PRACTITIONER\n", stderr), 2;
  const epic::write_request who{{}, argv[1], argv[2], argv[3], {}};
  const auto body = [&who](operations::application& app) { return place_order(app.adapter, who); };
  return operations::run_application(process_environment(), {}, body);
}
