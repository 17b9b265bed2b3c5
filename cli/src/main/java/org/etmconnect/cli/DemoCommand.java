// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code etm demo}: server and simulated tenant, a sync, the answers. */
@Command(
        name = "demo",
        description = {
            "Start a server, a simulated Cortex XDR tenant and a simulated Qualys gateway; sync, deliver, and show what came of it.",
            "All stay up until Ctrl-C."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  ./etm demo --endpoints 20000 --cves 80")
final class DemoCommand implements Callable<Integer> {

    private static final String NAME = "Demo tenant";
    private static final String ASSETS = "asset.inventory:(source:`Cortex XDR`)";
    private static final String FINDINGS = "finding.vendorProductName:`Cortex XDR`";
    private static final String COUNT_UP_TO = "100000000";
    private static final Pattern SIMULATOR = Pattern.compile("(?m)(?:tenant|gateway): (http://\\S+)$");
    private static final Duration START = Duration.ofMinutes(4);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--endpoints", paramLabel = "N", description = "Hosts of the tenant. Default: ${DEFAULT-VALUE}")
    private int endpoints = 2_000;

    @Option(names = "--cves", paramLabel = "N", description = "CVEs of a host on average. Default: ${DEFAULT-VALUE}")
    private int cves = 50;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where to keep everything; what is there is used again. Default: ${DEFAULT-VALUE}")
    private Path data = Path.of("data", "demo");

    @Option(names = "--exit", description = "Do not stay up at the end")
    private boolean exit;

    private static final String FIRST_USER = "admin";

    private final List<Process> children = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Terminal terminal = Terminal.current();
        Path home = Path.of(System.getProperty("etm.home", "."));
        Path logs = data.resolve("logs");
        Files.createDirectories(logs);
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopChildren, "stop-children"));
        try {
            Path simulatorLog = logs.resolve("simulator.log");
            Process simulator = start(
                    List.of(),
                    home.resolve("cortex-xdr-simulator/target/cortex-xdr-simulator.jar"),
                    simulatorLog,
                    List.of("--port", "0", "--endpoints", "" + endpoints, "--cves", "" + cves));
            Path gatewayLog = logs.resolve("qualys-simulator.log");
            Process gateway = start(
                    List.of(),
                    home.resolve("qualys-simulator/target/qualys-simulator.jar"),
                    gatewayLog,
                    List.of("--port", "0"));
            int port = freePort();
            Path serverLog = logs.resolve("server-output.log");
            Process server = start(
                    // as the launcher says
                    System.getProperty("etm.server-options", "").lines().toList(),
                    home.resolve("server/target/server.jar"),
                    serverLog,
                    List.of(
                            "--port",
                            "" + port,
                            "--data",
                            data.toString(),
                            "--allow-plain-http",
                            "--allow-private-targets",
                            "127.0.0.1",
                            "--log-format",
                            "plain"));

            await(
                    "The simulated tenant starts",
                    simulator,
                    simulatorLog,
                    out,
                    terminal,
                    () -> address(simulatorLog).isPresent());
            URI tenant = URI.create(address(simulatorLog).orElseThrow());
            URI address = URI.create("http://127.0.0.1:" + port);
            Api open = new Api(address, Optional.empty());
            await(
                    "The simulated Qualys gateway starts",
                    gateway,
                    gatewayLog,
                    out,
                    terminal,
                    () -> address(gatewayLog).isPresent());
            URI qualys = URI.create(address(gatewayLog).orElseThrow());
            await("Database and server start", server, serverLog, out, terminal, () -> ready(open));
            out.println("Server:  " + address + "   Tenant: " + tenant
                    + " (simulated; the server of the demo may call 127.0.0.1 over plain http)");

            Path tokenFile = data.resolve("api-token");
            Api api = new Api(address, Optional.of(Files.readString(tokenFile).strip()));
            JsonNode connection = connection(api, tenant);
            int id = connection.path("id").asInt();
            out.println("Connection " + id + " \"" + NAME + "\". Testing it:");
            JsonNode test = api.post("/api/v1/connections/" + id + "/test", Optional.empty());
            ConnectionsCommand.print(test, out);
            if (!test.path("passed").asBoolean()) {
                throw new CliFailure("The connection test failed. Logs: " + logs);
            }

            JsonNode queued = api.post(
                    "/api/v1/profiles/" + connection.at("/profiles/0/id").asInt() + "/runs", Optional.empty());
            out.println();
            out.println("Syncing " + endpoints + " hosts with " + cves + " CVEs on average:");
            out.flush();
            JsonNode run =
                    new RunWatch(api, out, terminal).follow(queued.path("id").asInt());
            RunWatch.summary(run, out);
            if (!run.path("state").asString().startsWith("PROCESSED")) {
                throw new CliFailure("The run did not get through. Its log: ./etm runs log "
                        + run.path("id").asString());
            }
            boolean same = compare(api, new Api(tenant, Optional.empty()), run, out);
            Output output = new Output(out, terminal.width());
            answer(api, "/api/v1/assets", "assets", ASSETS, AssetsCommand.COLUMNS, out, output);
            answer(api, "/api/v1/findings", "findings", FINDINGS, FindingsCommand.COLUMNS, out, output);
            same &= deliver(api, qualys, out);
            if (exit) {
                return same ? 0 : 1;
            }
            whereToLook(address, tokenFile, tenant, id, out);
            out.println("  curl " + qualys + "/simulator/assets   # what the simulated Qualys holds");
            out.flush();
            howToSignIn(api, address, tokenFile, terminal, out);
            waitForEnd(server);
            return 0;
        } finally {
            stopChildren();
        }
    }

    private JsonNode connection(Api api, URI tenant) {
        Map<String, String> values = Map.of("baseURL", tenant.toString(), "x-xdr-auth-id", "1");
        ObjectNode body = ConnectionsCommand.body(
                NAME,
                "The simulated tenant of ./etm demo",
                "cortex-xdr",
                List.of("VULNERABILITY", "HOST_ASSET"),
                values,
                // The key that the simulator takes; it opens nothing else.
                "simulator-key-that-opens-nothing-else");
        Optional<JsonNode> known = api.get("/api/v1/connections")
                .path("items")
                .valueStream()
                .filter(each -> each.path("name").asString().equals(NAME))
                .findFirst();
        return known.map(
                        each -> api.put("/api/v1/connections/" + each.path("id").asInt(), body))
                .orElseGet(() -> api.post("/api/v1/connections", Optional.of(body)));
    }

    /** Delivers to a simulated Qualys subscription and to CSV files; whether both took all. */
    private boolean deliver(Api api, URI qualys, PrintWriter out) throws InterruptedException {
        out.println();
        // What the simulator lets in; it opens nothing else.
        boolean taken = deliver(
                api,
                destination(
                                "Demo Qualys",
                                "qualys-etm-api",
                                Map.of(
                                        "gatewayURL",
                                        qualys.toString(),
                                        "authentication",
                                        "user",
                                        "username",
                                        "etm-user",
                                        "connectorUUID",
                                        "489e8429-7c61-4e0a-9d3c-0f2b6a5d1e77",
                                        "findings",
                                        "community"))
                        .set("secrets", JsonNodeFactory.instance.objectNode().put("password", "etm-password")),
                out);
        taken &= deliver(
                api,
                destination("Demo CSV files", "qualys-etm-csv", Map.of("target", "directory", "directory", "demo")),
                out);
        out.println("The files: " + data.resolve("deliveries").resolve("demo"));
        return taken;
    }

    private static ObjectNode destination(String name, String kind, Map<String, String> values) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("name", name)
                .put("description", "Of ./etm demo")
                .put("kind", kind)
                .put("afterRuns", true);
        ObjectNode plain = body.putObject("values");
        values.forEach(plain::put);
        return body;
    }

    private static boolean deliver(Api api, JsonNode body, PrintWriter out) throws InterruptedException {
        String name = body.path("name").asString();
        JsonNode saved = api.get("/api/v1/destinations")
                .path("items")
                .valueStream()
                .filter(each -> each.path("name").asString().equals(name))
                .findFirst()
                .map(each -> api.put("/api/v1/destinations/" + each.path("id").asInt(), body))
                .orElseGet(() -> api.post("/api/v1/destinations", Optional.of(body)));
        JsonNode delivery =
                api.post("/api/v1/destinations/" + saved.path("id").asInt() + "/deliveries", Optional.empty());
        while (delivery.path("state").asString().matches("QUEUED|SENDING")) {
            Thread.sleep(200);
            delivery = api.get("/api/v1/deliveries/" + delivery.path("id").asInt());
        }
        out.printf(
                "Delivered to \"%s\": %s, %,d assets, %,d open findings.%s%n",
                name,
                delivery.path("state").asString(),
                delivery.at("/counts/accepted").asLong(),
                delivery.at("/counts/findings").asLong(),
                delivery.has("failureMessage")
                        ? " " + Output.printable(delivery.path("failureMessage").asString())
                        : "");
        out.flush();
        return delivery.path("state").asString().equals("DELIVERED");
    }

    /** The run's counts beside the simulator's truth. */
    private boolean compare(Api api, Api tenant, JsonNode run, PrintWriter out) {
        // The connector leaves out CVEs that the tenant's people dismissed; so does the truth it is held against.
        JsonNode truth = tenant.get("/simulator/truth", Map.of("day", "0", "dismissed", "left-out"));
        long dismissed = tenant.get("/simulator/truth", Map.of("day", "0"))
                        .path("openFindings")
                        .asLong()
                - truth.path("openFindings").asLong();
        JsonNode counts = run.path("counts");
        out.println();
        out.printf("%-28s %14s %14s%n", "", "ETM Connect", "tenant's truth");
        boolean same = row(
                out,
                "hosts",
                sum(counts, "assetsNew", "assetsUpdated", "assetsUnchanged"),
                truth.path("assets").asLong());
        same &= row(
                out,
                "open findings",
                sum(counts, "findingsNew", "findingsUnchanged", "findingsReopened"),
                truth.path("openFindings").asLong());
        List<String> names = List.of("INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL");
        for (int severity = 5; severity >= 1; severity--) {
            String name = names.get(severity - 1);
            JsonNode page = api.get(
                    "/api/v1/findings",
                    Map.of(
                            "query",
                            FINDINGS + " and finding.severity:" + severity + " and not finding.status:FIXED",
                            "limit",
                            "1",
                            "count",
                            COUNT_UP_TO));
            same &= row(
                    out,
                    "  severity " + severity + " (" + name.toLowerCase(java.util.Locale.ROOT) + ")",
                    page.at("/count/value").asLong(),
                    truth.path("openBySeverity").path(name).asLong());
        }
        if (dismissed > 0) {
            out.printf("Left out on both sides: %,d findings of CVEs that the tenant dismissed.%n", dismissed);
        }
        return same;
    }

    private static long sum(JsonNode counts, String... names) {
        long sum = 0;
        for (String name : names) {
            sum += counts.path(name).asLong();
        }
        return sum;
    }

    private static boolean row(PrintWriter out, String what, long ours, long truth) {
        out.printf("%-28s %,14d %,14d  %s%n", what, ours, truth, ours == truth ? "equal" : "DIFFERENT");
        return ours == truth;
    }

    private static void answer(
            Api api, String path, String what, String query, List<Column> columns, PrintWriter out, Output output) {
        JsonNode page = api.get(path, Map.of("query", query, "limit", "10", "count", COUNT_UP_TO));
        out.println();
        out.println("./etm " + what + " '" + query + "'");
        output.list(page.path("items").valueStream().toList(), columns, Output.Form.table, true, true);
        out.printf("... %,d %s%n", page.at("/count/value").asLong(), what);
        out.flush();
    }

    private void whereToLook(URI address, Path tokenFile, URI tenant, int connection, PrintWriter out) {
        out.println();
        out.println("All is up until Ctrl-C. In another terminal:");
        out.println("  export ETM_SERVER=" + address + " ETM_TOKEN=$(cat '"
                + tokenFile.toAbsolutePath().normalize() + "')");
        out.println("  ./etm findings 'finding.severity:5 and finding.status:NEW' --limit 20");
        out.println("  ./etm asset 1");
        out.println("  ./etm runs list --connection " + connection);
        out.println("  curl -d '{\"day\":1}' " + tenant + "/simulator/day   # the tenant's next day; then:");
        out.println("  ./etm runs start 1 --wait");
        out.println("Logs: " + data.resolve("logs") + "   API: " + address + "/openapi.yaml");
        out.flush();
    }

    /** A person is given a password; a log is not. */
    private static void howToSignIn(Api api, URI address, Path tokenFile, Terminal terminal, PrintWriter out) {
        Optional<JsonNode> fresh = api.get("/api/v1/users")
                .path("items")
                .valueStream()
                .filter(user -> user.path("name").asString().equals(FIRST_USER))
                .filter(user -> user.path("mustChangePassword").asBoolean())
                .findFirst();
        if (fresh.isEmpty()) {
            out.println("Sign in at " + address + " as " + FIRST_USER + ", with the password you chose.");
        } else if (terminal.interactive()) {
            JsonNode made =
                    api.post("/api/v1/users/" + fresh.get().path("id").asInt() + "/password-reset", Optional.empty());
            out.println("Sign in at " + address + " as " + FIRST_USER + " with the one-time password "
                    + made.path("oneTimePassword").asString() + ", which has to be changed first.");
        } else {
            out.println(
                    "Sign in at " + address + " as " + FIRST_USER + "; a one-time password: ./etm users reset-password "
                            + FIRST_USER + " --server " + address + " --token-file '"
                            + tokenFile.toAbsolutePath().normalize() + "'");
        }
        out.flush();
    }

    private static void waitForEnd(Process server) throws InterruptedException {
        int status = server.waitFor();
        throw new CliFailure("The server ended by itself with status " + status + ". Its log says why.");
    }

    private Process start(List<String> options, Path jar, Path log, List<String> arguments) throws IOException {
        if (!Files.exists(jar)) {
            throw new CliFailure(jar + " is not built. Start the demo with ./etm demo, which builds it.");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .redirectOutput(log.toFile())
                .start();
        children.add(process);
        return process;
    }

    private static void await(
            String what, Process process, Path log, PrintWriter out, Terminal terminal, BooleanSupplier done)
            throws InterruptedException, IOException {
        long begin = System.nanoTime();
        if (!terminal.interactive()) {
            out.println(what + " ...");
            out.flush();
        }
        while (!done.getAsBoolean()) {
            Duration waited = Duration.ofNanos(System.nanoTime() - begin);
            if (!process.isAlive() || waited.compareTo(START) > 0) {
                String said = Files.readString(log).strip();
                throw new CliFailure(what + ": " + (process.isAlive() ? "took too long" : "it ended") + ".\n"
                        + said.substring(Math.max(0, said.length() - 2_000)) + "\nThe log: " + log);
            }
            if (terminal.interactive()) {
                out.print("\r\033[K" + what + " ... " + waited.toSeconds() + " s");
                out.flush();
            }
            Thread.sleep(Duration.ofMillis(200));
        }
        if (terminal.interactive()) {
            out.print("\r\033[K");
        }
    }

    private static boolean ready(Api api) {
        try {
            return api.get("/health/ready").path("status").asString().equals("UP");
        } catch (CliFailure notYet) {
            return false;
        }
    }

    private static Optional<String> address(Path log) {
        try {
            Matcher line = SIMULATOR.matcher(Files.readString(log));
            return line.find() ? Optional.of(line.group(1)) : Optional.empty();
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void stopChildren() {
        children.forEach(Process::destroy);
        for (Process child : children) {
            try {
                if (!child.waitFor(Duration.ofSeconds(60))) {
                    child.destroyForcibly();
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
