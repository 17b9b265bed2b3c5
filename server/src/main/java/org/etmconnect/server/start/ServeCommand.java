// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.io.Console;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.Targets;
import org.etmconnect.server.people.FirstManager;
import org.etmconnect.server.start.ServerOptions.ExternalDatabase;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The server's command line. Flags win over the environment, the environment over the file. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Starts the ETM Connect server and runs it until Ctrl-C.",
        footer = {
            "",
            "Each option can also be an environment variable (ETM_PORT, ETM_DATA, ETM_ALLOW_PLAIN_HTTP ...)",
            "or a line in etm.yaml in the data directory (port: 8420).",
            "",
            "Examples:",
            "  ./etm serve",
            "  ./etm serve --data /var/lib/etm-connect --port 9000",
            "  ETM_DATABASE_PASSWORD=... ./etm serve --database jdbc:postgresql://db.example.com/etm --database-user"
                    + " etm"
        })
public final class ServeCommand implements Callable<Integer> {

    /** The status of {@link #execute} when the server is up: the process must not end. */
    public static final int SERVING = -1;

    @Option(
            names = "--data",
            defaultValue = "./data",
            paramLabel = "DIR",
            description = "Where everything is kept: database, snapshots, key set, logs. Default: ${DEFAULT-VALUE}")
    private Path data = Path.of("data");

    @Option(names = "--port", defaultValue = "8420", description = "TCP port. Default: ${DEFAULT-VALUE}; 0: a free one")
    private int port;

    @Option(
            names = "--address",
            defaultValue = "127.0.0.1",
            description = "Where to listen. Default: ${DEFAULT-VALUE}, this machine alone")
    private InetAddress address = InetAddress.getLoopbackAddress();

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = "A PostgreSQL (15 or newer) of your own, jdbc:postgresql://HOST/NAME."
                    + " Without it the server runs one itself, in the data directory.")
    private Optional<String> database = Optional.empty();

    @Option(names = "--database-user", paramLabel = "NAME", description = "Its user")
    private Optional<String> databaseUser = Optional.empty();

    @Option(
            names = "--allow-plain-http",
            description = "Let connections use http:// base URLs, as a simulator has. Never with a real tenant: the key"
                    + " would be readable on the way.")
    private boolean allowPlainHttp;

    @Option(
            names = "--allow-private-targets",
            paramLabel = "TARGET",
            split = ",",
            description =
                    "Host names, addresses or networks (10.1.0.0/16) outside the internet that connections and their"
                            + " proxies may call all the same, separated by commas. Name what you need, no more.")
    private List<String> privateTargets = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    private final Optional<Secret> databasePassword;

    private ServeCommand(Settings settings) {
        this.databasePassword = settings.find("database-password").map(Secret::of);
    }

    /** Runs the command; {@link #SERVING} if the server is up. Messages go to standard error. */
    public static int execute(String[] arguments) {
        Map<String, String> environment = System.getenv();
        try {
            Settings settings = Settings.read(dataDirectory(arguments, environment), environment);
            return new CommandLine(new ServeCommand(settings))
                    .setDefaultValueProvider(settings)
                    .setExecutionExceptionHandler((failure, command, parsed) -> {
                        if (failure instanceof StartFailure said) {
                            System.err.println(said.getMessage());
                        } else {
                            failure.printStackTrace();
                        }
                        return 1;
                    })
                    .execute(arguments);
        } catch (StartFailure unreadable) {
            System.err.println(unreadable.getMessage());
            return 2;
        }
    }

    /** The file with settings lies in the data directory, so that one is needed before the others are parsed. */
    private static Path dataDirectory(String[] arguments, Map<String, String> environment) {
        for (int index = 0; index < arguments.length; index++) {
            if (arguments[index].startsWith("--data=")) {
                return Path.of(arguments[index].substring("--data=".length()));
            }
            if (arguments[index].equals("--data") && index + 1 < arguments.length) {
                return Path.of(arguments[index + 1]);
            }
        }
        return Path.of(environment.getOrDefault("ETM_DATA", "./data"));
    }

    @Override
    public Integer call() {
        if (port < 0 || port > 65_535) {
            throw wrong("--port must be from 0 to 65535, was " + port + ".");
        }
        if (Files.exists(data) && !Files.isDirectory(data)) {
            throw wrong("--data must name a directory; " + data + " is a file.");
        }
        database.filter(url -> !url.startsWith("jdbc:postgresql:")).ifPresent(url -> {
            throw wrong("--database must be like jdbc:postgresql://HOST/NAME, was " + url + ".");
        });
        // The running server belongs to the process; its shutdown hook closes it.
        RunningServer server = RunningServer.start(new ServerOptions(
                address,
                port,
                data.toAbsolutePath().normalize(),
                database.map(url -> new ExternalDatabase(url, databaseUser, databasePassword)),
                allowPlainHttp,
                targets(),
                true));
        server.firstPassword().ifPresent(ServeCommand::sayHowToSignIn);
        return SERVING;
    }

    /** Only to a person: what is not a terminal is a log, where a password must not be. */
    @SuppressWarnings("SystemConsoleNull") // it says itself that it may be null
    private static void sayHowToSignIn(String password) {
        Console terminal = System.console();
        if (terminal != null && terminal.isTerminal()) {
            terminal.printf(
                    "%nSign in as %s with the one-time password %s%nIt is shown only now, and has to be changed"
                            + " first.%n%n",
                    FirstManager.NAME, password);
        } else {
            System.err.println("The first user is " + FirstManager.NAME
                    + ". For a one-time password, run on this machine: ./etm users reset-password "
                    + FirstManager.NAME);
        }
    }

    private Targets targets() {
        try {
            return Targets.internetAnd(privateTargets);
        } catch (IllegalArgumentException wrong) {
            throw wrong("--allow-private-targets: " + wrong.getMessage() + ".");
        }
    }

    private ParameterException wrong(String message) {
        if (spec == null) {
            throw new IllegalStateException("The command was not parsed");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
