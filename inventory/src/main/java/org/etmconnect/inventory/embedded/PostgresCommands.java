// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs PostgreSQL's programs. They refuse to run as root; for root each is run in a user namespace of its own, where it
 * has no name and no rights beyond those of the files' owner.
 */
final class PostgresCommands {

    private final PostgresSoftware software;
    private final Path workingDirectory;
    private final List<String> prefix;
    private final String version;

    private PostgresCommands(PostgresSoftware software, Path workingDirectory, List<String> prefix, String version) {
        this.software = software;
        this.workingDirectory = workingDirectory;
        this.prefix = prefix;
        this.version = version;
    }

    static PostgresCommands of(PostgresSoftware software, Path workingDirectory) throws IOException {
        List<String> prefix = isRoot() ? List.of("unshare", "--user") : List.of();
        PostgresCommands unversioned = new PostgresCommands(software, workingDirectory, prefix, "");
        String version;
        try {
            if (!prefix.isEmpty()) {
                unversioned.run(List.of("unshare", "--user", "true"), 10);
            }
        } catch (IOException | EmbeddedPostgresException refused) {
            throw new EmbeddedPostgresException(
                    "PostgreSQL refuses to run as root, and this machine does not let it into a user namespace: "
                            + refused.getMessage()
                            + " Run this program as an ordinary user, or use a PostgreSQL of your own: --database"
                            + " jdbc:postgresql://…",
                    refused);
        }
        try {
            version = unversioned.run("postgres", List.of("--version"), 10);
        } catch (IOException | EmbeddedPostgresException unfit) {
            throw new EmbeddedPostgresException(
                    "This machine cannot run the PostgreSQL that comes with the program (it needs glibc, and a disk"
                            + " that is not mounted noexec): " + unfit.getMessage()
                            + " Use a PostgreSQL of your own: --database jdbc:postgresql://…",
                    unfit);
        }
        return new PostgresCommands(software, workingDirectory, prefix, version);
    }

    /** Such as {@code 18}. */
    String majorVersion() {
        return version.replaceFirst(".*\\) (\\d+).*", "$1");
    }

    /** Runs one program to its end and returns what it said. */
    String run(String program, List<String> arguments, int seconds) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(software.program(program).toString());
        command.addAll(arguments);
        return run(command, seconds);
    }

    private String run(List<String> command, int seconds) throws IOException {
        // A server that pg_ctl leaves behind would hold a pipe open for ever; a file it may keep.
        Path said = Files.createTempFile(workingDirectory, "command", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(workingDirectory.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(said.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new EmbeddedPostgresException("'" + String.join(" ", command) + "' did not end within " + seconds
                        + " s. It said: " + read(said) + ".");
            }
            if (process.exitValue() != 0) {
                throw new EmbeddedPostgresException("'" + String.join(" ", command) + "' ended with "
                        + process.exitValue() + ". It said: " + read(said) + ".");
            }
            return read(said);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("Interrupted while '" + String.join(" ", command) + "' ran", stopped);
        } finally {
            Files.deleteIfExists(said);
        }
    }

    private static String read(Path said) throws IOException {
        return new String(Files.readAllBytes(said), StandardCharsets.UTF_8).strip();
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid && uid == 0;
    }
}
