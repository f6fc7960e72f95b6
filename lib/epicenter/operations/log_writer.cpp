#include <epicenter/operations/log_writer.hpp>

namespace epicenter::operations {

/// Outlives the writer while a batch is under way.
struct log_writer::state : std::enable_shared_from_this<log_writer::state> {
  state(runtime::runtime& world, log_options given, std::function<wall_time()> clock)
      : rt(world), options(std::move(given)), wall(std::move(clock)), file(options.file), idle(world) {}

  /// One write: made on the loop, carried out away from it, judged on the loop.
  struct batch {
    std::vector<stream_event_ptr> events;
    instant now{};
    wall_time wall{};
    std::uint64_t missing = 0;  ///< events lost before these
    std::uint64_t lines = 0;
    bool written = false;
  };

  // Posted: what is told in one go is one batch, and reading the clock may publish.
  void begin() {
    if (running) return;
    running = true;
    rt.wait_until(rt.now(), [self = shared_from_this()](auto ended) {
      if (!ended) self->start();
    });
  }
  void wake() {
    if (!source->empty()) begin();
  }
  std::uint64_t lost() const { return unwritten + source->dropped(); }

  void start() {
    if (closed) return;  // whoever gave the clock may be gone
    auto work = std::make_shared<batch>();
    work->events = source->take(options.batch);
    work->now = rt.now();
    work->wall = wall();
    work->missing = lost() - admitted;
    auto self = shared_from_this();
    rt.run_blocking([self, work] { self->write(*work); }, [self, work] { self->end(*work); });
  }

  // On a thread of the pool: touches only the batch, the options and the file.
  void write(batch& work) {
    std::string text;
    if (work.missing != 0) text += lost_line(work.missing, work.wall) + '\n';
    for (const auto& told : work.events) {
      auto line = options.line(*told, work.wall - (work.now - told->at));
      if (!line) continue;
      text += *line;
      text += '\n';
      ++work.lines;
    }
    work.written = text.empty() || file.append(text).has_value();
  }

  void end(const batch& work) {
    if (work.written) {
      written += work.lines;
      admitted += work.missing;
    } else {
      ++failures;
      unwritten += work.lines;
    }
    running = false;
    wake();
    if (!running) idle.notify_all();
  }

  runtime::runtime& rt;
  const log_options options;
  const std::function<wall_time()> wall;
  log_file file;  // touched by one batch at a time
  runtime::event idle;
  subscription_ptr source;
  std::uint64_t written = 0;    // lines
  std::uint64_t failures = 0;   // batches
  std::uint64_t unwritten = 0;  // lines of failed batches
  std::uint64_t admitted = 0;   // of what was lost: a line in the file says so
  bool running = false;
  bool closed = false;
};

log_writer::log_writer(runtime::runtime& rt, event_stream& stream, log_options options,
                       std::function<wall_time()> wall)
    : state_(std::make_shared<state>(rt, std::move(options), std::move(wall))) {
  std::weak_ptr<state> mine = state_;
  // Its current state is no news for a log: replayed events have no line.
  state_->source = stream.subscribe(state_->options.name, state_->options.waiting, [mine] {
    const auto held = mine.lock();
    if (held && held->source) held->wake();
  });
  state_->wake();
}

log_writer::~log_writer() {
  state_->closed = true;
}

log_figures log_writer::figures() const {
  return log_figures{state_->written, state_->lost(), state_->failures};
}

runtime::task<bool> log_writer::flush(instant deadline) {
  auto held = state_;
  bool last_word = false;  // what was lost is told, even where nothing follows
  for (;;) {
    held->wake();
    const bool untold = held->lost() != held->admitted;
    if (!held->running && untold && !last_word) {
      last_word = true;
      held->begin();
    }
    if (!held->running) co_return true;
    auto woken = co_await held->idle.wait(deadline);
    if (!woken) co_return !held->running && held->source->empty();
  }
}

}  // namespace epicenter::operations
