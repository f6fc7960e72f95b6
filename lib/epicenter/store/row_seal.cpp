#include <algorithm>
#include <array>
#include <epicenter/store/row_seal.hpp>

namespace epicenter::store {
namespace {

constexpr char format = 1;
constexpr std::size_t size_bytes = 4;
constexpr std::size_t head_bytes = 2;  // format, whether the payload was lost
constexpr std::size_t longest_word = 32;

constexpr std::array fields{&ledger_row::patient,        &ledger_row::encounter, &ledger_row::code,
                            &ledger_row::payload_sha256, &ledger_row::order_key, &ledger_row::payload};

std::string about(row_seal::purpose what, std::string_view operation) {
  constexpr std::array<std::string_view, 4> names{"row of ", "resource id of ", "reason of ", "search of "};
  std::string text(names.at(static_cast<std::size_t>(what)));
  text += operation;
  return text;
}

void add_sized(std::string& to, std::string_view text) {
  for (std::size_t i = 0; i < size_bytes; ++i) to += static_cast<char>(text.size() >> 8U * i & 0xFFU);
  to += text;
}

// Nothing where the text ends too early: it was sealed by a program that is not this one.
std::optional<std::string_view> take_sized(std::string_view& from) {
  if (from.size() < size_bytes) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 0; i < size_bytes; ++i) {
    size |= static_cast<std::size_t>(static_cast<unsigned char>(from[i])) << 8U * i;
  }
  from.remove_prefix(size_bytes);
  if (from.size() < size) return std::nullopt;
  const std::string_view taken = from.substr(0, size);
  from.remove_prefix(size);
  return taken;
}

}  // namespace

statement& bind(statement& to, int index, const column& value) {
  return value.sealed ? to.bind_bytes(index, value.value) : to.bind(index, value.value);
}

column column_at(const statement& from, int index) {
  const bool sealed = from.is_bytes(index);
  return {sealed ? from.bytes(index) : from.text(index), sealed};
}

bool is_plain_word(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return text.size() <= longest_word && std::all_of(text.begin(), text.end(), plain);
}

row_seal::row_seal(const secret& key) {
  if (!key.empty()) sealer_.emplace(key);
}

std::string row_seal::seal_row(const ledger_row& row, bool payload_lost) {
  if (!active()) return {};
  std::string plain{format, payload_lost ? '\1' : '\0'};
  for (const auto field : fields) add_sized(plain, row.*field);
  std::string sealed = sealer_->seal(about(purpose::row, row.operation), plain);
  const secret wiped(std::move(plain));
  return sealed;
}

bool row_seal::open_row(std::string_view sealed, ledger_row& into) {
  const auto opened = sealer_->unseal(about(purpose::row, into.operation), sealed);
  if (!opened) return false;
  std::string_view rest = opened->reveal();
  if (rest.size() < head_bytes || rest[0] != format) return false;
  const bool lost = rest[1] != '\0';
  rest.remove_prefix(head_bytes);
  std::array<std::string_view, fields.size()> found;
  for (auto& one : found) {
    const auto taken = take_sized(rest);
    if (!taken) return false;
    one = *taken;
  }
  if (!rest.empty()) return false;
  for (std::size_t i = 0; i < fields.size(); ++i) into.*fields.at(i) = found.at(i);
  if (into.order_key.empty()) into.order_key = into.operation;
  into.damaged = into.damaged || lost;
  return true;
}

column row_seal::seal_text(purpose what, std::string_view operation, std::string_view text) {
  if (!active() || text.empty()) return {std::string(text), false};
  return {sealer_->seal(about(what, operation), text), true};
}

std::optional<std::string> row_seal::open_text(purpose what, std::string_view operation, const column& kept) {
  if (!active() || kept.value.empty()) return kept.value;
  const bool in_clear = what != purpose::resource_id && is_plain_word(kept.value);
  if (!kept.sealed) return in_clear ? std::optional(kept.value) : std::nullopt;
  const auto opened = sealer_->unseal(about(what, operation), kept.value);
  if (!opened) return std::nullopt;
  return std::string(opened->reveal());
}

column row_seal::order_column(const ledger_row& row) {
  const std::string& key = row.order_key.empty() ? row.operation : row.order_key;
  return order_column(row.tenant, row.resource_type, key);
}

column row_seal::order_column(std::string_view tenant, std::string_view resource_type,
                              std::string_view order_key) {
  if (!active()) return {std::string(order_key), false};
  std::string all;
  for (const auto part : {tenant, resource_type, order_key}) add_sized(all, part);
  return {sealer_->digest(all), true};
}

}  // namespace epicenter::store
