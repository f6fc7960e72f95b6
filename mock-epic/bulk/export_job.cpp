#include "mock-epic/bulk/export_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <epicenter/json/write.hpp>

#include "mock-epic/data/opaque_id.hpp"
#include "mock-epic/fhir/served.hpp"

namespace epicenter::mock::bulk {
namespace {

using fhir::interaction;

json::object output_of(const export_job::file& file, std::string_view type, const std::string& url) {
  return json::object{
      {"type", type}, {"url", url + "/" + file.id}, {"count", static_cast<std::uint64_t>(file.lines)}};
}

}  // namespace

export_job::export_job(job_start start, const export_options& options, runtime::random_stream ids)
    : start_(std::move(start)), options_(&options), ids_(ids) {
  if (!start_.wanted.since) return;
  for (const fhir::resource_ptr& one : start_.charts.deleted()) {
    const bool typed = start_.types.test(static_cast<std::size_t>(one->type()));
    const bool before = !start_.wanted.until || one->updated() < *start_.wanted.until;
    if (typed && before && one->updated() > *start_.wanted.since) deleted_.push_back(one);
  }
}

bool export_job::takes(const fhir::resource& r) const {
  if (!start_.types.test(static_cast<std::size_t>(r.type())) || !start_.wanted.selects(r)) return false;
  if (!start_.allowed) return true;
  const auto granted = [&](interaction what) {
    // Parsing every resource of a hospital to ask about it would take most of the time of the walk.
    const bool ask = start_.allowed->depends_on_content(r.type(), what);
    return start_.allowed->permits(r.type(), what, ask ? &r.value() : nullptr);
  };
  return granted(interaction::read) && granted(interaction::search);
}

void export_job::advance(fhir::store& from, fhir::moment at, std::size_t max_charts) {
  if (done()) return;
  const auto passed = std::chrono::floor<std::chrono::milliseconds>(at.now - start_.at.now).count();
  const std::size_t due =
      static_cast<std::size_t>(std::max<std::int64_t>(passed, 0)) * options_->resources_a_ms;
  const std::size_t bound = step_ + max_charts;
  while (step_ < start_.charts.size() && step_ < bound && walked_ < due) {
    std::size_t position = 0;
    start_.charts.visit(from, step_, [&](const fhir::resource_ptr& one) {
      if (takes(*one)) count(*one, step_, position);
      ++position;
      ++walked_;
    });
    ++step_;
    from.trim();
  }
  if (step_ == start_.charts.size() && walked_ <= due && at.now - start_.at.now >= options_->at_least)
    finish(at);
}

void export_job::count(const fhir::resource& r, std::size_t step, std::size_t position) {
  // What identifies a version may be written into the line beside its text.
  const std::size_t bytes = r.text().size() + 160;
  std::optional<std::size_t>& open = open_[static_cast<std::size_t>(r.type())];
  if (open) {
    const file& filled = files_[*open];
    if (filled.lines == options_->file_lines || filled.bytes + bytes > options_->file_bytes ||
        step - filled.step >= options_->file_charts)
      open.reset();
  }
  if (!open) {
    begin_file(file::content::resources, r.type(), step, position);
    open = files_.size() - 1;
  }
  ++files_[*open].lines;
  files_[*open].bytes += bytes;
}

export_job::file& export_job::begin_file(file::content what, fhir::type_id type, std::size_t step,
                                         std::size_t first) {
  file made;
  made.id = data::make_id(ids_);
  made.what = what;
  made.type = type;
  made.step = step;
  made.first = first;
  return files_.emplace_back(std::move(made));
}

void export_job::finish(fhir::moment at) {
  for (std::size_t first = 0; first < deleted_.size(); first += options_->file_lines)
    begin_file(file::content::deletions, fhir::type_id::bundle, 0, first).lines =
        std::min(options_->file_lines, deleted_.size() - first);
  if (!start_.wanted.ignored.empty())
    begin_file(file::content::errors, fhir::type_id::operation_outcome, 0, 0).lines =
        start_.wanted.ignored.size();
  std::stable_sort(files_.begin(), files_.end(), [](const file& a, const file& b) {
    return a.what != b.what ? a.what < b.what : a.type < b.type;
  });
  finished_ = at;
}

instant export_job::expires() const {
  return (finished_ ? finished_->now : start_.at.now) + options_->keeps;
}

wall_time export_job::expires_wall() const {
  return (finished_ ? finished_->wall : start_.at.wall) + options_->keeps;
}

std::string export_job::progress() const {
  const std::size_t charts = start_.charts.charts();
  return fmt::format("{} of {} patients, {} resources", std::min(step_ == 0 ? 0 : step_ - 1, charts), charts,
                     walked_);
}

std::size_t export_job::seconds_left() const {
  const std::size_t a_step = step_ == 0 ? 20 : walked_ / step_ + 1;
  const std::size_t left = (start_.charts.size() - step_) * a_step;
  return std::clamp<std::size_t>(left / (1'000 * options_->resources_a_ms), 1, 60);
}

const export_job::file* export_job::find(std::string_view id) const {
  const auto at = std::find_if(files_.begin(), files_.end(), [&](const file& one) { return one.id == id; });
  return done() && at != files_.end() ? &*at : nullptr;
}

std::string export_job::write(fhir::store& from, const file& wanted) const {
  if (wanted.what == file::content::deletions) return write_deletions(wanted);
  std::string out;
  if (wanted.what == file::content::errors) {
    for (const std::string& one : start_.wanted.ignored) out += one + '\n';
    return out;
  }
  out.reserve(wanted.bytes);
  const bool cut = start_.wanted.elements.cuts(wanted.type);
  std::size_t written = 0;
  for (std::size_t step = wanted.step; written < wanted.lines && step < start_.charts.size(); ++step) {
    std::size_t position = step == wanted.step ? 0 : wanted.first;
    start_.charts.visit(from, step, [&](const fhir::resource_ptr& one) {
      const bool before = position++ < wanted.first;
      if (before || written == wanted.lines || one->type() != wanted.type || !takes(*one)) return;
      if (cut) {
        out += start_.wanted.elements.write(*one, start_.orders);
      } else {
        fhir::write_served(out, *one, start_.orders);
      }
      out += '\n';
      ++written;
    });
    from.trim();
  }
  return out;
}

std::string export_job::write_deletions(const file& wanted) const {
  std::string out;
  for (std::size_t i = wanted.first; i < wanted.first + wanted.lines; ++i) {
    json::object request{
        {"method", "DELETE"},
        {"url", fmt::format("{}/{}", fhir::name_of(deleted_[i]->type()), deleted_[i]->id())}};
    json::array entries;
    entries.emplace_back(json::object{{"request", std::move(request)}});
    json::object bundle{{"resourceType", "Bundle"}, {"type", "transaction"}};
    bundle.set("entry", std::move(entries));
    out += json::write(json::value(std::move(bundle))) + '\n';
  }
  return out;
}

std::string export_job::manifest(const json::value& requires_token) const {
  json::array output, deleted, errors;
  for (const file& one : files_) {
    json::array& list = one.what == file::content::resources   ? output
                        : one.what == file::content::deletions ? deleted
                                                               : errors;
    list.emplace_back(output_of(one, fhir::name_of(one.type), start_.url));
  }
  json::object made;
  made.set("transactionTime", format_milliseconds(start_.at.wall));
  made.set("request", start_.request);
  made.set("requiresAccessToken", requires_token);
  made.set("output", std::move(output));
  if (start_.wanted.since) made.set("deleted", std::move(deleted));
  made.set("error", std::move(errors));
  return json::write(json::value(std::move(made)));
}

std::size_t export_job::held() const {
  std::size_t sum =
      sizeof(export_job) + start_.charts.held() + deleted_.capacity() * sizeof(fhir::resource_ptr);
  sum += files_.capacity() * (sizeof(file) + 32);
  for (const std::string& one : start_.wanted.ignored) sum += one.capacity();
  for (const std::string& one : start_.wanted.patients) sum += one.capacity() + sizeof(std::string);
  return sum;
}

std::string format_milliseconds(wall_time at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{seconds - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     std::chrono::floor<std::chrono::milliseconds>(at - seconds).count());
}

}  // namespace epicenter::mock::bulk
