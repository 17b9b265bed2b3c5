// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.runs;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.runs.LogLine;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.server.database.Answering;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.RunDto;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Streams of events, one for each client that follows a run. All is read from the database, so that any server can be
 * asked of any run. Safe for use by several threads.
 */
@Component
class RunEvents implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(RunEvents.class);

    private static final int MOST_STREAMS = 200;
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofHours(1);
    /** Proxies give up on silent answers after 30 s and more. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(15);

    private final Runs runs;
    private final RunStore store;
    private final Set<Thread> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean running;

    RunEvents(Runs runs, RunStore store) {
        this.runs = runs;
        this.store = store;
    }

    /**
     * Begins a stream.
     *
     * @param seen the number of the last log line that the client has
     */
    SseEmitter follow(int runId, int seen) {
        if (streams.size() >= MOST_STREAMS) {
            throw ApiProblem.unavailable(
                    "Too many clients follow runs on this server",
                    "At most " + MOST_STREAMS + " can. Try again later, or ask GET /api/v1/runs/" + runId
                            + " now and then.",
                    new IllegalStateException("all streams taken"));
        }
        SseEmitter emitter = new SseEmitter(0L);
        Thread thread = Thread.ofVirtual().name("events-of-run-" + runId).unstarted(() -> {
            try {
                send(emitter, runId, seen);
                emitter.complete();
            } catch (IOException | IllegalStateException gone) {
                LOG.debug("A client stopped following run {}", runId, gone);
            } catch (InterruptedException stopped) {
                emitter.complete();
            } catch (DatabaseException | ApiProblem fault) {
                LOG.warn("Run {} can be followed no longer", runId, fault);
                emitter.complete();
            } finally {
                streams.remove(Thread.currentThread());
            }
        });
        streams.add(thread);
        thread.start();
        return emitter;
    }

    private void send(SseEmitter emitter, int runId, int seen) throws IOException, InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        long lastSign = System.nanoTime();
        int line = seen;
        Optional<RunDto> before = Optional.empty();
        while (running && System.nanoTime() < end) {
            // the run first: of one that has ended, all lines are then there
            int from = line;
            Run run = Answering.of(() -> runs.find(runId));
            List<LogLine> lines = Answering.of(() -> store.log(runId, from));
            RunDto document = Answering.of(() -> runs.document(run));
            boolean changed = !before.equals(Optional.of(document));
            for (LogLine each : lines) {
                line = each.line();
                emitter.send(event("log", line, RunRoutes.document(each)));
            }
            if (changed && !run.state().ended()) {
                emitter.send(event("run", line, document));
            }
            if (run.state().ended()) {
                emitter.send(event("end", line, document));
                return;
            }
            if (changed || !lines.isEmpty()) {
                lastSign = System.nanoTime();
            } else if (System.nanoTime() - lastSign > SIGN_OF_LIFE.toNanos()) {
                emitter.send(SseEmitter.event().comment(""));
                lastSign = System.nanoTime();
            }
            before = Optional.of(document);
            Thread.sleep(LOOK);
        }
    }

    private static SseEmitter.SseEventBuilder event(String name, int id, Object document) {
        return SseEmitter.event().name(name).id(Integer.toString(id)).data(document, MediaType.APPLICATION_JSON);
    }

    @Override
    public void start() {
        running = true;
    }

    /** Before the web server stops, which would wait for the streams. */
    @Override
    public void stop() {
        running = false;
        streams.forEach(Thread::interrupt);
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
