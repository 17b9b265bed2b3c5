// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.shape;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.RawSample;
import org.etmconnect.connector.StoredPages;
import org.etmconnect.inventory.runs.RunShapes;
import org.etmconnect.inventory.runs.RunWarning;
import org.etmconnect.transform.TransformMap;

/** Learns what a run fetched looks like, and compares it with what the connection's last complete run learned. */
public final class ContractWatch {

    /** Enough to see what one record in a hundred has; reading all would take as long as applying them. */
    private static final int RECORDS = 2_000;

    private final RunShapes shapes;

    public ContractWatch(DataSource database) {
        this.shapes = new RunShapes(database);
    }

    /**
     * Learns and compares. Reads a part of the pages, which takes well under a second at any size, and keeps what it
     * finds with the run.
     *
     * @param rows how many rows each stream has; empty if the snapshot is not complete
     * @param map the run's map, whose rows the warnings name
     * @return what to tell of it now; empty if it was told before the run was cut off
     */
    public List<RunWarning> learn(
            int connectionId,
            int runId,
            Connector connector,
            StoredPages pages,
            Map<String, Long> rows,
            TransformMap map) {
        Map<String, StreamShape> streams = new TreeMap<>();
        for (RawSample sample : connector.sample(pages, RECORDS)) {
            streams.put(
                    sample.stream(),
                    ShapeLearner.learn(sample, connector.sourceModel(), rows.getOrDefault(sample.stream(), -1L)));
        }
        Shape now = new Shape(new TreeMap<>(streams));
        Shape before = shapes.before(connectionId, runId)
                .map(known -> Shape.parse(known.shape()))
                .orElse(Shape.NONE);
        List<RunWarning> warnings = ShapeComparison.compare(now, before, connector.sourceModel(), map);
        return shapes.save(runId, now.with(before).json(), warnings) ? warnings : List.of();
    }
}
