// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code etm asset}. */
@Command(
        name = "asset",
        description = "Show one host: what its sources say, why they are one host, and its findings.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  ./etm asset 17")
final class AssetCommand implements Callable<Integer> {

    @Mixin
    private ServerOption server = new ServerOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ID", description = "Its id, as a list of assets shows it")
    private int id;

    @Option(
            names = "--as-of",
            paramLabel = "POINT",
            description = "The state when this run had finished, or at this date: 42, 2026-03-01, now-7d")
    private @Nullable String asOf;

    @Option(names = "--output", paramLabel = "FORM", description = "table or json. Default: ${DEFAULT-VALUE}")
    private Output.Form form = Output.Form.table;

    @Override
    public Integer call() {
        Api api = server.api();
        Map<String, String> when = asOf == null ? Map.of() : Map.of("asOf", asOf);
        JsonNode detail = api.get("/api/v1/assets/" + id, when);
        PrintWriter out = spec.commandLine().getOut();
        Output output = new Output(out, Terminal.current().width());
        if (form == Output.Form.json) {
            output.json(detail);
            return 0;
        }
        JsonNode asset = detail.path("asset");
        out.println("Asset " + id + "  " + Output.printable(asset.path("name").asString("(no name)")));
        if (detail.has("asOf")) {
            out.println("  As of " + Column.local(detail.at("/asOf/at").asString()) + ". "
                    + detail.at("/asOf/note").asString());
        }
        line(out, "Status", asset.path("status").asString());
        line(
                out,
                "System",
                asset.at("/operatingSystem/name").asString("") + " "
                        + asset.at("/operatingSystem/version").asString(""));
        line(out, "Domain", asset.path("domain").asString(""));
        line(out, "Type", asset.path("type").asString(""));
        line(out, "Addresses", Column.text("", "/addresses").forMachines(asset));
        line(out, "MAC", Column.text("", "/macAddresses").forMachines(asset));
        line(out, "Cloud", asset.path("cloudProvider").asString(""));
        line(out, "First found", Column.local(detail.path("firstFound").asString()));
        line(out, "Last found", Column.time("", "/lastFound").forPeople(asset));
        out.println();
        out.println("Sources");
        output.list(
                detail.path("records").valueStream().toList(),
                List.of(
                        Column.number("RECORD", "/id"),
                        Column.text("CONNECTION", "/connection"),
                        Column.text("PRODUCT", "/product"),
                        Column.text("NATIVE KEY", "/nativeKey"),
                        Column.time("LAST FOUND", "/lastFound")),
                Output.Form.table,
                true,
                true);
        out.println();
        out.println("Identification");
        detail.path("identification")
                .forEach(entry ->
                        out.println("  " + Output.printable(entry.path("text").asString())));
        out.println();
        Map<String, String> findings = new HashMap<>(when);
        findings.putAll(Map.of("query", "asset.id:" + id, "limit", "20", "count", "100000"));
        JsonNode page = api.get("/api/v1/findings", findings);
        out.println("Findings (" + page.at("/count/value").asString("?") + ")");
        output.list(page.path("items").valueStream().toList(), FindingsCommand.COLUMNS, Output.Form.table, true, true);
        if (page.has("nextCursor")) {
            out.println(
                    "The rest: ./etm findings 'asset.id:" + id + "' --all" + (asOf == null ? "" : " --as-of " + asOf));
        }
        return 0;
    }

    private static void line(PrintWriter out, String name, String value) {
        if (!value.isBlank()) {
            out.printf("  %-12s %s%n", name, Output.printable(value.strip()));
        }
    }
}
