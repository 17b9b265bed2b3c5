// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.etmconnect.simulator.population.PopulationDay;
import org.etmconnect.simulator.xql.Texts;
import tools.jackson.core.JsonGenerator;

/** The names of the hosts that have a CVE, written without making a text of each. */
final class HostNames implements Texts {

    private final PopulationDay day;
    private final int cve;
    private final Book book;

    /** All names of a day as the CVE data spells them, as bytes one after the other. They are ASCII and need no escapes. */
    static final class Book {

        private final byte[] bytes;
        private final int[] ends;

        private Book(byte[] bytes, int[] ends) {
            this.bytes = bytes;
            this.ends = ends;
        }

        static Book of(PopulationDay day) {
            byte[] bytes = new byte[1024];
            int[] ends = new int[day.endpointCount()];
            int used = 0;
            for (int rank = 0; rank < ends.length; rank++) {
                byte[] name = day.nameInCveData(rank).getBytes(StandardCharsets.US_ASCII);
                if (used + name.length > bytes.length) {
                    bytes = Arrays.copyOf(bytes, Math.max(used + name.length, bytes.length + (bytes.length >> 1)));
                }
                System.arraycopy(name, 0, bytes, used, name.length);
                used += name.length;
                ends[rank] = used;
            }
            return new Book(bytes, ends);
        }

        private int start(int rank) {
            return rank == 0 ? 0 : ends[rank - 1];
        }
    }

    HostNames(PopulationDay day, int cve, Book book) {
        this.day = day;
        this.cve = cve;
        this.book = book;
    }

    @Override
    public void forEach(Consumer<String> consumer) {
        day.forEachAffectedHost(
                cve,
                rank -> consumer.accept(new String(
                        book.bytes, book.start(rank), book.ends[rank] - book.start(rank), StandardCharsets.US_ASCII)));
    }

    void writeTo(JsonGenerator out) {
        day.forEachAffectedHost(
                cve, rank -> out.writeRawUTF8String(book.bytes, book.start(rank), book.ends[rank] - book.start(rank)));
    }
}
