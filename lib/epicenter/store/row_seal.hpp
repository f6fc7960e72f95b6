// What the ledger keeps of the patient, sealed under the ledger's key.
#pragma once

#include <epicenter/store/ledger.hpp>
#include <epicenter/store/seal.hpp>
#include <epicenter/store/sqlite.hpp>
#include <optional>

namespace epicenter::store {

/// What stands in a column: a text, or bytes where it is sealed.
struct column {
  std::string value;
  bool sealed = false;
};
/// The column must outlive the next step.
statement& bind(statement&, int index, const column&);
column column_at(const statement&, int index);

/// Without a key everything passes as it is. With one a row's patient, encounter, code, payload, payload hash
/// and order number are one sealed piece; its resource id and reason, which change, are each their own. A
/// piece opens only for its operation and its purpose: one that was moved or changed does not open.
class row_seal {
 public:
  enum class purpose { row, resource_id, reason, search };

  row_seal() = default;
  /// Empty: nothing is sealed.
  explicit row_seal(const secret& key);

  bool active() const { return sealer_.has_value(); }

  /// What the row tells of the patient. `payload_lost`: there was a payload, and it does not open.
  std::string seal_row(const ledger_row&, bool payload_lost = false);
  /// Fills in what seal_row took; false, and nothing of it, where the piece does not open.
  /// ledger_row::damaged where the payload was lost before.
  bool open_row(std::string_view sealed, ledger_row& into);

  /// A text that changes or comes later; empty stays empty.
  column seal_text(purpose, std::string_view operation, std::string_view text);
  /// Nothing where it does not open, and where it stands in clear but is no plain word.
  std::optional<std::string> open_text(purpose, std::string_view operation, const column&);

  /// What stands in the unique column for the client's own number: with a key a digest, under which equal
  /// numbers of one tenant and type meet, and others of different tenants do not.
  column order_column(const ledger_row&);
  column order_column(std::string_view tenant, std::string_view resource_type, std::string_view order_key);

 private:
  std::optional<sealer> sealer_;
};

/// A word of this program ("sending", "not_found"): it may stand in clear beside what is sealed. Anything
/// that has a digit, a capital or a space may be an id or a name.
bool is_plain_word(std::string_view text);

}  // namespace epicenter::store
