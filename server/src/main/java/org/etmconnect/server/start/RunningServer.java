// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.Targets;
import org.etmconnect.delivery.Deliveries;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.inventory.configuration.StorageFault;
import org.etmconnect.server.people.FirstManager;
import org.etmconnect.server.people.LeakedPasswords;
import org.etmconnect.server.people.OpenIdProvider;
import org.etmconnect.server.security.ApiToken;
import org.etmconnect.sync.SyncService;
import org.etmconnect.sync.schedule.ProfileScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** A server that is up. Safe for use by several threads. */
public final class RunningServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);

    private final ConfigurableApplicationContext context;
    private final URI address;
    private final Path tokenFile;
    private final Optional<String> firstPassword;

    private RunningServer(
            ConfigurableApplicationContext context, URI address, Path tokenFile, Optional<String> firstPassword) {
        this.context = context;
        this.address = address;
        this.tokenFile = tokenFile;
        this.firstPassword = firstPassword;
    }

    /** Starts a server and returns when it answers. */
    public static RunningServer start(ServerOptions options) {
        return start(options, Monitoring.defaults(), Optional.empty());
    }

    /**
     * The same, watched in a way of one's own.
     *
     * @param openId where people may sign in besides
     */
    public static RunningServer start(ServerOptions options, Monitoring monitoring, Optional<OpenIdProvider> openId) {
        long begin = System.nanoTime();
        DataDirectory directory = DataDirectory.prepareWhole(options.data());
        ApiToken token = token(directory);
        KeySet keys = keys(options.keys(), directory);
        LeakedPasswords leaked = leakedPasswords(options);
        // The database and Spring's classes take seconds each, so they start side by side.
        try (ExecutorService starter = Executors.newSingleThreadExecutor()) {
            CompletableFuture<Database> database =
                    CompletableFuture.supplyAsync(() -> Database.open(options, directory), starter);
            ConfigurableApplicationContext context;
            try {
                context = spring(options, directory, monitoring)
                        .initializers(fresh -> {
                            var beans = fresh.getBeanFactory();
                            beans.registerSingleton("serverOptions", options);
                            beans.registerSingleton("monitoring", monitoring);
                            openId.ifPresent(provider -> beans.registerSingleton("openIdProvider", provider));
                            beans.registerSingleton("dataDirectory", directory);
                            beans.registerSingleton("apiToken", token);
                            beans.registerSingleton("keySet", keys);
                            beans.registerSingleton("leakedPasswords", leaked);
                            beans.registerSingleton("startingDatabase", new StartingDatabase(database));
                        })
                        .run();
            } catch (RuntimeException failure) {
                database.thenAccept(Database::close).exceptionally(alreadySaid -> null);
                throw said(failure, options);
            }
            int port = context instanceof WebServerApplicationContext web && web.getWebServer() != null
                    ? web.getWebServer().getPort()
                    : options.port();
            String host = options.address().isAnyLocalAddress()
                    ? "127.0.0.1"
                    : options.address().getHostAddress();
            RunningServer server = new RunningServer(
                    context,
                    URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port),
                    directory.apiToken(),
                    context.getBean(FirstManager.class)
                            .makeIfNobody(options.accounts().firstManager()));
            SyncService sync = context.getBean(SyncService.class);
            if (options.database().isPresent()) {
                sync.resume();
            } else {
                sync.resumeAlone();
            }
            context.getBean(ProfileScheduler.class).start();
            context.getBean(Deliveries.class).start();
            server.sayWhereToLook(options, directory, Duration.ofNanos(System.nanoTime() - begin));
            return server;
        }
    }

    private void sayWhereToLook(ServerOptions options, DataDirectory directory, Duration took) {
        LOG.info("ETM Connect is up on {} ({} s)", address, "%.1f".formatted(took.toMillis() / 1000.0));
        LOG.info("API token:   {}", directory.apiToken());
        LOG.info("Data:        {}", directory.path());
        LOG.info("Log:         {}", directory.log());
        LOG.info(
                "Database:    {}",
                options.database().isPresent() ? "your PostgreSQL" : "embedded PostgreSQL in " + directory.database());
        KeySet keys = context.getBean(KeySet.class);
        if (keys.isOwn() && keys.keys().size() > 1) {
            LOG.warn("A rotation of the keys was cut off. Finish it with ./etm keys rotate");
        }
        LOG.info("API:         {}/api-docs, {}/health/ready", address, address);
        if (options.allowPlainHttp()) {
            LOG.warn("Connections may use http:// (--allow-plain-http): API keys can be read on the way. For simulators"
                    + " only.");
        }
        if (!options.targets().equals(Targets.internet())) {
            LOG.warn(
                    "Connections may also call {} (--allow-private-targets).",
                    options.targets().allowed());
        }
        if (!options.address().isLoopbackAddress()) {
            LOG.warn("The server listens on {}, without TLS. Put a TLS proxy in front of it.", options.address());
        }
    }

    private static ApiToken token(DataDirectory directory) {
        try {
            return ApiToken.openOrCreate(directory.apiToken());
        } catch (java.io.IOException failure) {
            throw new StartFailure(
                    "The API token " + directory.apiToken() + " can be neither read nor made: " + failure
                            + ". Check that this user owns the data directory.",
                    failure);
        }
    }

    private static KeySet keys(ServerOptions.Keys keys, DataDirectory directory) {
        try {
            return switch (keys) {
                case ServerOptions.Keys.Own() -> KeySet.openOrCreate(directory.keySet());
                case ServerOptions.Keys.GivenFile(Path file) -> KeySet.fromFile(file);
                case ServerOptions.Keys.GivenText(Secret text) -> KeySet.ofText(text, "the setting ETM_KEYS");
            };
        } catch (StorageFault failure) {
            throw new StartFailure(String.valueOf(failure.getMessage()), failure);
        }
    }

    private static LeakedPasswords leakedPasswords(ServerOptions options) {
        try {
            return options.accounts().leakedPasswords().map(LeakedPasswords::in).orElseGet(LeakedPasswords::none);
        } catch (IllegalArgumentException wrong) {
            throw new StartFailure("--leaked-passwords: " + wrong.getMessage(), wrong);
        }
    }

    private static RuntimeException said(RuntimeException failure, ServerOptions options) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartFailure said) {
                return said;
            }
            if (cause instanceof PortInUseException) {
                return new StartFailure(
                        "Port " + options.port() + " on " + options.address().getHostAddress()
                                + " is in use. Stop the program that has it, or choose another with --port.",
                        failure);
            }
        }
        return failure;
    }

    private static SpringApplicationBuilder spring(
            ServerOptions options, DataDirectory directory, Monitoring monitoring) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.port", options.port());
        properties.put("server.address", options.address().getHostAddress());
        properties.put("logging.file.name", directory.log().toString());
        properties.put("etm.open-metrics", monitoring.openMetrics());
        properties.put("etm.calls-per-second", options.callsPerSecond());
        if (monitoring.logFormat().jsonFile()) {
            properties.put("logging.structured.format.file", "ecs");
        }
        if (monitoring.logFormat().jsonConsole()) {
            properties.put("logging.structured.format.console", "ecs");
        }
        return new SpringApplicationBuilder(ServerApplication.class)
                .web(WebApplicationType.SERVLET)
                .properties(properties);
    }

    /** Where it answers, e.g. {@code http://127.0.0.1:8420}. */
    public URI address() {
        return address;
    }

    /** The file with the API token in clear. */
    public Path tokenFile() {
        return tokenFile;
    }

    /** The one-time password of the first user, if this start made that user. Nothing else knows it. */
    Optional<String> firstPassword() {
        return firstPassword;
    }

    /** Lets requests under way end, then stops runs, pool and embedded database. */
    @Override
    public void close() {
        context.close();
    }

    /** Joined by whoever needs the database first. */
    record StartingDatabase(CompletableFuture<Database> future) {

        Database join() {
            try {
                return future.join();
            } catch (CompletionException failure) {
                if (failure.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw failure;
            }
        }
    }
}
