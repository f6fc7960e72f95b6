// Any bytes: never a crash; what is understood comes back from its own words.
#include <cstdint>
#include <epicenter/base/check.hpp>
#include <epicenter/commands/parse.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace epicenter::commands;
  static const lexicon known = lexicon::standard();
  if (size > 2 * max_utterance_bytes) return 0;
  const std::string text(data, data + size);
  const auto heard = parse(known, text);
  if (const auto* why = std::get_if<misunderstanding>(&heard)) {
    EPICENTER_CHECK(why->choices.size() <= 9, "the choices are few");
    return 0;
  }
  const auto& understood = std::get<command>(heard);
  const auto again = parse(known, spoken(understood));
  EPICENTER_CHECK(std::holds_alternative<command>(again) && std::get<command>(again) == understood,
                  "a command comes back from its own words");
  return 0;
}
