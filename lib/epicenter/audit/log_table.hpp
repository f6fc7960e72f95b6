// The audit log's tables. Blocking: called from blocking work only.
#pragma once

#include <epicenter/audit/log_schema.hpp>
#include <epicenter/store/private_file.hpp>

namespace epicenter::audit {

/// Errors are those of store: store::errc::unavailable means the database itself failed, and the transaction
/// around the call must be rolled back.
class log_table {
 public:
  static result<log_table> open(const std::string& path, chained_log_options);

  result<> begin();
  /// Signs a head where one is due.
  result<> commit();
  void rollback();
  /// Exports heads, and empties the write-ahead log of a key that was destroyed.
  void committed();

  result<std::uint64_t> append(entry);
  result<std::vector<entry>> find(const query&);
  result<std::vector<chained_entry>> entries_after(std::uint64_t seq, std::size_t limit);
  result<std::uint64_t> count();

  /// Signs the last entry; empty where it is signed.
  result<std::optional<signed_head>> sign();
  result<std::vector<signed_head>> heads();

  result<bool> forget(const erasure&);
  result<std::uint64_t> purge(wall_time before, const std::string& actor, wall_time now);

  const std::string& path() const { return path_; }
  bool in_memory() const;
  const std::string& id() const { return id_; }
  const chained_log_options& options() const { return options_; }

 private:
  struct tip {
    std::uint64_t seq = 0;
    std::string hash;
    wall_time at{};
    std::uint64_t signed_seq = 0;
    wall_time signed_at{};  ///< of the first entry where nothing is signed
    std::optional<signed_head> new_head;
    bool key_destroyed = false;
  };

  log_table(std::string path, chained_log_options options, std::optional<store::owner_lock> lock,
            store::database db, std::vector<store::statement> statements, std::string id)
      : path_(std::move(path)),
        options_(std::move(options)),
        id_(std::move(id)),
        lock_(std::move(lock)),
        db_(std::move(db)),
        statements_(std::move(statements)) {}

  store::statement& use(log_statement which) { return statements_[static_cast<std::size_t>(which)]; }
  result<> read_tip();
  result<std::string> seal_phi(const entry&);
  result<secret> key_of(const std::string& patient, bool make);
  std::string unseal_phi(const chained_entry&);
  result<std::optional<signed_head>> head_in(store::statement&);

  std::string path_;
  chained_log_options options_;
  std::string id_;
  std::optional<store::owner_lock> lock_;  // given back after the database is closed
  store::database db_;
  std::vector<store::statement> statements_;  // destroyed before the connection
  tip now_;
  tip before_;  // the transaction
  std::vector<signed_head> to_export_;
};

}  // namespace epicenter::audit
