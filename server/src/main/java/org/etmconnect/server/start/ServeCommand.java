// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.io.Console;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.Targets;
import org.etmconnect.inventory.people.Person;
import org.etmconnect.server.people.FirstManager;
import org.etmconnect.server.people.OpenIdProvider;
import org.etmconnect.server.start.ServerOptions.Accounts;
import org.etmconnect.server.start.ServerOptions.ExternalDatabase;
import org.etmconnect.server.start.ServerOptions.Keys;
import org.etmconnect.server.start.ServerOptions.Retention;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    /** What must not stand on a command line, where other users of the machine can read it. */
    static final Map<String, String> SECRETS = Map.of(
            "database-password", "Password of the database's user",
            "keys", "Keys that credentials are encrypted with",
            "openid-client-secret", "What proves to the OpenID Connect provider who this server is");

    @Option(
            names = "--data",
            defaultValue = "./data",
            paramLabel = "DIR",
            description = "Where everything is kept: database, snapshots, key set, logs. Default: ${DEFAULT-VALUE}")
    private Path data = Path.of("data");

    @Option(
            names = "--port",
            defaultValue = "8420",
            paramLabel = "PORT",
            description = "TCP port; 0 takes a free one. Default: ${DEFAULT-VALUE}")
    private int port;

    @Option(
            names = "--address",
            defaultValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            description =
                    "Where to listen; 127.0.0.1 is this machine alone, 0.0.0.0 everywhere. Default: ${DEFAULT-VALUE}")
    private InetAddress address = InetAddress.getLoopbackAddress();

    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "A PostgreSQL (15 or newer) of your own, jdbc:postgresql://HOST/NAME; on another machine by TLS with a"
                            + " certificate that is checked, unless the URL has an sslmode."
                            + " Without it the server runs one itself, in the data directory.")
    private Optional<String> database = Optional.empty();

    @Option(names = "--database-user", paramLabel = "NAME", description = "Its user")
    private Optional<String> databaseUser = Optional.empty();

    @Option(
            names = "--allow-plain-http",
            description = "Let connections use http:// base URLs, as a simulator has. Never with a real tenant: the key"
                    + " would be readable on the way.")
    private boolean allowPlainHttp;

    @Option(names = "--open-metrics", description = "Let /metrics answer without a token")
    private boolean openMetrics;

    @Option(
            names = "--log-format",
            paramLabel = "FORM",
            defaultValue = "auto",
            description = "json: one JSON document a line (Elastic Common Schema), with the ids of run and connection;"
                    + " plain: text for people; auto: plain on a terminal, json elsewhere and in the log file."
                    + " Default: ${DEFAULT-VALUE}")
    private Monitoring.LogFormat logFormat = Monitoring.LogFormat.auto;

    @Option(
            names = "--allow-private-targets",
            paramLabel = "TARGET",
            split = ",",
            description =
                    "Host names, addresses or networks (10.1.0.0/16) outside the internet that connections and their"
                            + " proxies may call all the same, separated by commas. Name what you need, no more.")
    private List<String> privateTargets = new ArrayList<>();

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "Encrypt credentials with the keys in this file, mode 0600: one a line, as"
                            + " \"openssl rand -base64 32\" makes it, the one that encrypts first. Servers that share a database"
                            + " share it. Default: the variable ETM_KEYS, else keys.json in the data directory, made by the server")
    private Optional<Path> keyFile = Optional.empty();

    @Option(
            names = "--take-over-after",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long another server on the same database may be silent before this one goes on with its"
                    + " runs and deliveries. Default: ${DEFAULT-VALUE}")
    private int takeOverAfter;

    @Option(
            names = "--stuck-after",
            paramLabel = "MINUTES",
            defaultValue = "30",
            description =
                    "How long a run may get no further before it is ended as failed, with a message that says what it"
                            + " waited for. Default: ${DEFAULT-VALUE}")
    private int stuckAfter;

    @Option(
            names = "--calls-per-second",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "How many calls a second one token or session may make, ten times as many at once after a rest;"
                            + " an address without either a tenth of it. What is more is answered with 429 and Retry-After. 0: any"
                            + " number. Default: ${DEFAULT-VALUE}")
    private int callsPerSecond;

    @Option(
            names = "--keep-snapshots",
            paramLabel = "N",
            defaultValue = "5",
            description = "How many snapshots of each connection are kept: the newest, and the newest sealed one."
                    + " Default: ${DEFAULT-VALUE}")
    private int keepSnapshots;

    @Option(
            names = "--keep-details",
            paramLabel = "DAYS",
            defaultValue = "0",
            description =
                    "How many days the logs, warnings and the quarantine of runs are kept after the run's end; what is older is"
                            + " deleted once a day. The runs themselves stay. 0: for ever. Default: ${DEFAULT-VALUE}")
    private int keepDetails;

    @Option(
            names = "--keep-history",
            paramLabel = "DAYS",
            defaultValue = "0",
            description =
                    "How many days fixed findings, and what else is history of hosts that are still there, are kept;"
                            + " what is older is deleted once a day, and queries about earlier times are refused. Open findings stay,"
                            + " with the date they were first found. 0: for ever. Default: ${DEFAULT-VALUE}")
    private int keepHistory;

    @Option(
            names = "--first-manager",
            paramLabel = "NAME",
            defaultValue = FirstManager.NAME,
            description = "How the Manager is called whom the first start makes: a name that nobody guesses is better."
                    + " Without effect once there is a user. Default: ${DEFAULT-VALUE}")
    private String firstManager = FirstManager.NAME;

    @Option(
            names = "--leaked-passwords",
            paramLabel = "FILE",
            description =
                    "Passwords in this list are refused: a line for each, its SHA-1, in the order of the hashes, as"
                            + " the downloader of Have I Been Pwned makes it. It is read where it lies.")
    private Optional<Path> leakedPasswords = Optional.empty();

    @Mixin
    private OpenIdOptions openId = new OpenIdOptions();

    @Spec
    private @Nullable CommandSpec spec;

    private final Optional<Secret> databasePassword;
    private final Optional<Secret> givenKeys;
    private final Optional<Secret> openIdSecret;

    private ServeCommand(Settings settings) {
        this.databasePassword = settings.find("database-password").map(Secret::of);
        this.givenKeys = settings.find("keys").map(Secret::of);
        this.openIdSecret = settings.find("openid-client-secret").map(Secret::of);
    }

    /** What the command understands, for the reference page. */
    static CommandSpec describe() {
        return new CommandLine(new ServeCommand(Settings.none())).getCommandSpec();
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
        if (takeOverAfter < 1 || takeOverAfter > 3_600) {
            throw wrong("--take-over-after must be from 1 to 3600 seconds, was " + takeOverAfter + ".");
        }
        if (stuckAfter < 1 || stuckAfter > 10_080) {
            throw wrong("--stuck-after must be from 1 to 10080 minutes, was " + stuckAfter + ".");
        }
        if (callsPerSecond < 0 || callsPerSecond > 100_000) {
            throw wrong("--calls-per-second must be from 0 to 100000, was " + callsPerSecond + ".");
        }
        if (keepSnapshots < 1 || keepSnapshots > 10_000) {
            throw wrong("--keep-snapshots must be from 1 to 10000, was " + keepSnapshots + ".");
        }
        if (keepDetails < 0 || keepDetails > 36_500) {
            throw wrong("--keep-details must be from 0 to 36500 days, was " + keepDetails + ".");
        }
        if (keepHistory < 0 || keepHistory > 36_500) {
            throw wrong("--keep-history must be from 0 to 36500 days, was " + keepHistory + ".");
        }
        String manager = Person.readName(firstManager)
                .orElseThrow(() -> wrong("--first-manager must have letters, digits and . _ @ - alone and begin with a"
                        + " letter or digit, was " + firstManager + "."));
        Keys keys = keyFile.<Keys>map(Keys.GivenFile::new)
                .or(() -> givenKeys.map(Keys.GivenText::new))
                .orElseGet(Keys.Own::new);
        database.filter(url -> !url.startsWith("jdbc:postgresql:")).ifPresent(url -> {
            throw wrong("--database must be like jdbc:postgresql://HOST/NAME, was " + url + ".");
        });
        // The running server belongs to the process; its shutdown hook closes it.
        RunningServer server = RunningServer.start(
                new ServerOptions(
                        address,
                        port,
                        data.toAbsolutePath().normalize(),
                        database.map(url -> new ExternalDatabase(url, databaseUser, databasePassword)),
                        allowPlainHttp,
                        targets(),
                        true,
                        keys,
                        Duration.ofSeconds(takeOverAfter),
                        Duration.ofMinutes(stuckAfter),
                        callsPerSecond,
                        new Retention(keepSnapshots, days(keepDetails), days(keepHistory)),
                        new Accounts(manager, leakedPasswords)),
                new Monitoring(openMetrics, logFormat),
                openIdProvider());
        server.firstPassword().ifPresent(password -> sayHowToSignIn(manager, password));
        return SERVING;
    }

    /** Only to a person: what is not a terminal is a log, where a password must not be. */
    @SuppressWarnings("SystemConsoleNull") // it says itself that it may be null
    private static void sayHowToSignIn(String name, String password) {
        Console terminal = System.console();
        if (terminal != null && terminal.isTerminal()) {
            terminal.printf(
                    "%nSign in as %s with the one-time password %s%nIt is shown only now, and has to be changed"
                            + " first, within a week.%n%n",
                    name, password);
        } else {
            System.err.println("The first user is " + name
                    + ". For a one-time password, run on this machine: ./etm users reset-password " + name);
        }
    }

    private static Optional<Duration> days(int number) {
        return number == 0 ? Optional.empty() : Optional.of(Duration.ofDays(number));
    }

    private Optional<OpenIdProvider> openIdProvider() {
        try {
            return openId.provider(openIdSecret, allowPlainHttp);
        } catch (IllegalArgumentException wrong) {
            throw wrong(String.valueOf(wrong.getMessage()));
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
