#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <epicenter/audit/entry_json.hpp>
#include <epicenter/audit/log.hpp>
#include <filesystem>
#include <fstream>
#include <vector>

namespace epicenter::audit {
namespace {

using testing::HasSubstr;
using testing::Not;

class temporary_file {
 public:
  temporary_file() {
    std::string name = (std::filesystem::temp_directory_path() / "epicenter_audit_XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  ~temporary_file() { std::filesystem::remove_all(directory_); }
  std::string path() const { return (directory_ / "audit.jsonl").string(); }

 private:
  std::filesystem::path directory_;
};

entry entry_of(std::string subject, stage at = stage::intent) {
  entry what;
  what.at = wall_time(duration(1767571200123456789));
  what.stage = at;
  what.type = "ehr.write";
  what.subject = std::move(subject);
  what.user = "Practitioner/7";
  what.patient = pseudonym("key", "erXuFYUfucBZaryVksYEcMg3");
  if (at == stage::outcome) what.result = "WRITTEN";
  return what;
}

// These logs answer at once.
result<std::uint64_t> append(log& to, entry what) {
  result<std::uint64_t> answer = fail(errc::unavailable, "no answer");
  to.start_append(std::move(what), [&answer](result<std::uint64_t> got) { answer = std::move(got); });
  return answer;
}

std::vector<std::string> subjects(const log& of) {
  std::vector<std::string> all;
  of.for_each([&all](const entry& one) { all.push_back(std::to_string(one.seq) + one.subject); });
  return all;
}

TEST(Audit, NumbersEntriesWithoutGapsInMemory) {
  const auto log = memory_log();
  EXPECT_EQ(append(*log, entry_of("a")).value(), 1U);
  EXPECT_EQ(append(*log, entry_of("b", stage::outcome)).value(), 2U);
  EXPECT_EQ(log->size(), 2U);
  EXPECT_THAT(subjects(*log), testing::ElementsAre("1a", "2b"));
}

TEST(Audit, KeepsEveryFieldOfAnEntryInItsLine) {
  auto what = entry_of("op \"quoted\"\n\xc3\xa9", stage::outcome);
  what.seq = 9;
  what.details = R"({"ticket":"T-1"})";
  what.phi = "planted";
  what.disclosed = disclosure{"Registry", "1 Main St", "labs", "164.512(b)", ""};
  const auto back = from_line(to_line(what));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->seq, 9U);
  EXPECT_EQ(back->at, what.at);
  EXPECT_EQ(back->stage, what.stage);
  EXPECT_EQ(back->subject, what.subject);
  EXPECT_EQ(back->user, what.user);
  EXPECT_EQ(back->patient, what.patient);
  EXPECT_EQ(back->result, what.result);
  EXPECT_EQ(back->details, what.details);
  EXPECT_EQ(back->disclosed, what.disclosed);
  EXPECT_THAT(to_line(what), Not(HasSubstr("planted")));
  EXPECT_THAT(to_line(what), Not(HasSubstr("\n")));
}

TEST(Audit, ContinuesAFileOfPrivateModeAfterReopening) {
  temporary_file file;
  {
    const auto log = open_file_log(file.path()).value();
    ASSERT_TRUE(append(*log, entry_of("a")));
    ASSERT_TRUE(append(*log, entry_of("b")));
  }
  struct stat there {};
  ASSERT_EQ(::stat(file.path().c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777U, 0600U);
  const auto log = open_file_log(file.path()).value();
  EXPECT_EQ(append(*log, entry_of("c")).value(), 3U);
  EXPECT_THAT(subjects(*log), testing::ElementsAre("1a", "2b", "3c"));
}

TEST(Audit, TakesOffALineThatACrashCutShort) {
  temporary_file file;
  ASSERT_TRUE(append(*open_file_log(file.path()).value(), entry_of("a")));
  std::ofstream(file.path(), std::ios::app) << R"({"seq":2,"at":17)";
  const auto log = open_file_log(file.path()).value();
  EXPECT_EQ(append(*log, entry_of("b")).value(), 2U);
  EXPECT_THAT(subjects(*log), testing::ElementsAre("1a", "2b"));
}

TEST(Audit, RefusesAFileWithADamagedLineInTheMiddle) {
  temporary_file file;
  ASSERT_TRUE(append(*open_file_log(file.path()).value(), entry_of("a")));
  std::ofstream(file.path(), std::ios::app) << "secret-patient\n" << to_line(entry_of("b")) << "\n";
  const auto log = open_file_log(file.path());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error(), make_error_code(errc::unavailable));
  EXPECT_THAT(log.error().message(), Not(HasSubstr("secret-patient")));
}

// While it lives no file of this process grows beyond the size, as on a full disk.
class full_disk {
 public:
  explicit full_disk(rlim_t size) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{size, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &now), 0);
  }
  ~full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(Audit, SaysThatItIsUnavailableAndLeavesNoHalfLineOnAFullDisk) {
  EXPECT_EQ(open_file_log("/nonexistent/folder/audit.jsonl").error(), make_error_code(errc::unavailable));
  EXPECT_EQ(open_file_log("/dev/null").error(), make_error_code(errc::unavailable));
  temporary_file file;
  const auto log = open_file_log(file.path()).value();
  ASSERT_TRUE(append(*log, entry_of("a")));
  {
    full_disk full(std::filesystem::file_size(file.path()) + 10);
    EXPECT_EQ(append(*log, entry_of("b")).error(), make_error_code(errc::unavailable));
  }
  EXPECT_EQ(append(*log, entry_of("c")).value(), 2U);
  EXPECT_THAT(subjects(*log), testing::ElementsAre("1a", "2c"));
}

TEST(Audit, PseudonymIsTheHmacOfThePatientUnderTheKey) {
  // RFC 4231, test case 2, first 16 bytes.
  EXPECT_EQ(pseudonym("Jefe", "what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c7");
  EXPECT_NE(pseudonym("k1", "p"), pseudonym("k2", "p"));
  EXPECT_EQ(pseudonym(std::string_view(), "p").size(), 32U) << "no key, said or not, is an empty one";
  EXPECT_EQ(pseudonym(std::string_view(), "p"), pseudonym("", "p"));
  const pseudonym_maker maker("Jefe");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(maker.of("what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c7") << i;
    EXPECT_NE(maker.of("another"), maker.of("a third")) << i;
  }
}

}  // namespace
}  // namespace epicenter::audit
