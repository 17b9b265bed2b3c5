// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.etmconnect.connector.PageWriter;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T08:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path directory;

    @Test
    void aCommittedPageIsThereAfterReopening() throws IOException {
        store(snapshot(), "endpoints", "0000000000", "{\"reply\":{}}", 0);

        Snapshot reopened = snapshot();

        StoredPage page = reopened.pages("endpoints").getFirst();
        assertThat(page.request()).isEqualTo("{\"request_data\":{}}");
        assertThat(page.fetchedAt()).isEqualTo(CLOCK.instant());
        assertThat(page.facts()).containsEntry("total", "0");
        assertThat(page.bytes()).isEqualTo(12);
        assertThat(page.sha256()).isEqualTo("b6f8c525a79105e17e3c6314a8251a647dc489bcff03a79a0fd94a73117236b1");
        assertThat(text(reopened, page)).isEqualTo("{\"reply\":{}}");
    }

    @Test
    void aPageThatWasNotCommittedLeavesNothing() throws IOException {
        Snapshot snapshot = snapshot();
        try (PageWriter writer = snapshot.begin("endpoints", "1", "{}")) {
            writer.body().write("half".getBytes(UTF_8));
        }

        assertThat(snapshot.pages("endpoints")).isEmpty();
        assertThat(snapshot().pages("endpoints")).isEmpty();
        try (var files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void pagesAreOrderedByKeyWhateverOrderTheyCameIn() throws IOException {
        Snapshot snapshot = snapshot();
        for (String key : List.of("0000000198", "0000000000", "0000000099")) {
            store(snapshot, "endpoints", key, key, 1);
        }

        assertThat(snapshot().pages("endpoints"))
                .extracting(StoredPage::key)
                .containsExactly("0000000000", "0000000099", "0000000198");
    }

    @Test
    void aPageCommittedAgainReplacesTheEarlierOne() throws IOException {
        Snapshot snapshot = snapshot();
        store(snapshot, "va_cves", "1", "first", 1);
        store(snapshot, "va_cves", "1", "second", 2);

        StoredPages reopened = snapshot();
        assertThat(reopened.pages("va_cves")).hasSize(1);
        StoredPage page = reopened.page("va_cves", "1").orElseThrow();
        assertThat(page.rows()).isEqualTo(2);
        assertThat(text(reopened, page)).isEqualTo("second");
    }

    @Test
    void aTornLastLineOfTheJournalIsForgottenAndTheNextPageIsKept() throws IOException {
        store(snapshot(), "endpoints", "1", "one", 1);
        Path journal = snapshot().folder().resolve("journal.jsonl");
        Files.writeString(journal, "{\"stream\":\"endpoints\",\"ke", StandardOpenOption.APPEND);

        store(snapshot(), "endpoints", "2", "two", 1);

        assertThat(snapshot().pages("endpoints")).extracting(StoredPage::key).containsExactly("1", "2");
    }

    @Test
    void aPageWhoseFileIsGoneCountsAsNotFetched() throws IOException {
        Snapshot snapshot = snapshot();
        store(snapshot, "endpoints", "1", "one", 1);
        Files.delete(snapshot.folder().resolve("pages/endpoints/1.zst"));

        assertThat(snapshot().page("endpoints", "1")).isEmpty();
    }

    @Test
    void aFlippedBitIsNoticedWhenThePageIsRead() throws IOException {
        Snapshot snapshot = snapshot();
        store(snapshot, "endpoints", "1", "some text that is long enough to hold a literal block", 1);
        Path file = snapshot.folder().resolve("pages/endpoints/1.zst");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 10] ^= 1;
        Files.write(file, bytes);

        StoredPage page = snapshot.page("endpoints", "1").orElseThrow();
        assertThatThrownBy(() -> text(snapshot, page)).isInstanceOf(IOException.class);
    }

    @Test
    void whatAFailedWriteLeftInTheJournalIsWrittenOverByTheNextPage() throws IOException {
        Snapshot snapshot = snapshot();
        store(snapshot, "endpoints", "1", "one", 1);
        // A full disk takes the first bytes of a line and refuses the rest.
        Files.writeString(
                snapshot.folder().resolve("journal.jsonl"),
                "{\"stream\":\"endpoints\",\"key\":\"2\",\"request\":\"" + "x".repeat(2_000),
                StandardOpenOption.APPEND);

        store(snapshot, "endpoints", "2", "two", 1);

        assertThat(snapshot().pages("endpoints")).extracting(StoredPage::key).containsExactly("1", "2");
    }

    @Test
    void aSealThatIsHalfWrittenIsNone() throws IOException {
        Snapshot snapshot = snapshot();
        store(snapshot, "endpoints", "1", "one", 1);
        Files.writeString(snapshot.folder().resolve("seal.json"), "{\"sealed\":tr");

        assertThat(snapshot().seal()).isEmpty();
        store(snapshot(), "endpoints", "2", "two", 1);
        assertThat(snapshot().close(List.of(), Map.of("endpoints", 2L)).sealed())
                .isTrue();
        assertThat(snapshot().seal()).isPresent();
    }

    @Test
    void aSealDoesNotHoldForASnapshotThatLostAPage() throws IOException {
        Snapshot snapshot = snapshot();
        store(snapshot, "endpoints", "1", "one", 1);
        store(snapshot, "endpoints", "2", "two", 1);
        snapshot.close(List.of(), Map.of("endpoints", 2L));
        Files.delete(snapshot.folder().resolve("pages/endpoints/1.zst"));

        Seal seal = snapshot().seal().orElseThrow();

        assertThat(seal.sealed()).isFalse();
        assertThat(seal.missing()).singleElement().asString().contains("1 page of the snapshot is gone");
    }

    @Test
    void aClosedSnapshotTakesNoMorePagesAndTheFirstWordStands() {
        Snapshot snapshot = snapshot();
        Seal seal = snapshot.close(List.of(), Map.of("endpoints", 3L));

        assertThat(seal.sealed()).isTrue();
        assertThat(snapshot.close(List.of("too late"), Map.of())).isEqualTo(seal);
        assertThat(snapshot().seal()).contains(seal);
        assertThatThrownBy(() -> snapshot.begin("endpoints", "9", "{}")).hasMessageContaining("is closed");
    }

    @Test
    void aKeyThatIsNoFileNameIsRefused() {
        assertThatThrownBy(() -> snapshot().begin("endpoints", "../../etc/passwd", "{}"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theStoreListsAndDeletesSnapshotsByRun() throws IOException {
        SnapshotStore store = new SnapshotStore(directory, CLOCK);
        store(store.openOrCreate(7, 9), "endpoints", "1", "one", 1);
        store(store.openOrCreate(7, 10), "endpoints", "1", "one", 1);

        assertThat(store.runs(7)).containsExactly(10, 9);
        store.delete(7, 9);
        assertThat(store.runs(7)).containsExactly(10);
        assertThat(store.find(7, 9)).isEmpty();
    }

    private Snapshot snapshot() {
        return new SnapshotStore(directory, CLOCK).openOrCreate(1, 2);
    }

    private static void store(Snapshot snapshot, String stream, String key, String text, long rows) throws IOException {
        try (PageWriter writer = snapshot.begin(stream, key, "{\"request_data\":{}}")) {
            writer.body().write(text.getBytes(UTF_8));
            writer.commit(rows, Map.of("total", "0"));
        }
    }

    private static String text(StoredPages pages, StoredPage page) throws IOException {
        try (InputStream body = pages.open(page)) {
            return new String(body.readAllBytes(), UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "7",
                "{\"stream\":\"../..\",\"key\":\"x\",\"rows\":1,\"facts\":{}}",
                "{\"stream\":\"endpoints\",\"facts\":{}}"
            })
    void aLineOfTheJournalThatIsNoPageIsNamed(String line) throws IOException {
        store(snapshot(), "endpoints", "0000000000", "{}", 0);
        Path journal;
        try (var files = Files.walk(directory)) {
            journal = files.filter(file -> file.endsWith("journal.jsonl"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.writeString(journal, line + "\n");

        assertThatThrownBy(this::snapshot).hasStackTraceContaining("is not a page. The file was damaged");
    }

    @Test
    void aSealThatSaysNothingIsNone() throws IOException {
        Snapshot snapshot = snapshot();
        store(snapshot, "endpoints", "0000000000", "{}", 0);
        Files.writeString(snapshot.folder().resolve("seal.json"), "null");

        assertThat(snapshot.seal()).isEmpty();
    }
}
