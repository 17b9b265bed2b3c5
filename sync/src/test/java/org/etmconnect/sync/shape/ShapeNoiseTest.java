// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import org.etmconnect.connector.RawSample;
import org.etmconnect.inventory.runs.RunWarning;
import org.etmconnect.transform.TransformMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Samples of a tenant that stays as it is differ by chance alone. */
class ShapeNoiseTest {

    private static final int FIELDS = 40;
    private static final DataModel MODEL = new DataModel("Source", "", fields());
    private static final TransformMap MAP = new TransformMap("Map", "", "Source", "Target", List.of());

    private static List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < FIELDS; i++) {
            fields.add(new Field(
                    "f" + i,
                    FieldType.TEXT,
                    true,
                    "",
                    Optional.empty(),
                    List.of(),
                    false,
                    false,
                    Optional.empty(),
                    List.of()));
        }
        return fields;
    }

    /** None of the first 889 records had a list in one field, ten of the next 889 had. */
    @Example
    void tenWhereThereWasNoneAreChance() {
        giveNoWarning(980_525, 889, 889, false);
    }

    @Property(tries = 150)
    void samplesOfATenantThatStaysAsItIsGiveNoWarning(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 2_000) int size,
            @ForAll @IntRange(min = 1, max = 2_000) int later,
            @ForAll boolean whole) {
        giveNoWarning(seed, size, later, whole);
    }

    private static void giveNoWarning(long seed, int size, int later, boolean whole) {
        Random random = new Random(seed);
        // fields that nearly all, some, few and hardly any records have; texts and lists of them, mixed
        double[] filled = random.doubles(FIELDS).map(p -> Math.pow(p, 4)).toArray();
        double[] listed = random.doubles(FIELDS).map(p -> Math.pow(p, 6)).toArray();
        List<ObjectNode> records = records(random, size, filled, listed);
        Shape before = shape(records, whole);
        for (int run = 0; run < 4; run++) {
            Shape now = shape(whole ? records : records(random, later, filled, listed), whole);

            assertThat(ShapeComparison.compare(now, before, MODEL, MAP)).isEmpty();

            before = now.with(before);
        }
    }

    @Property(tries = 100)
    void aFieldThatAQuarterOfTheRecordsHadAndNoneHasIsAlwaysToldOf(
            @ForAll long seed, @ForAll @IntRange(min = 120, max = 2_000) int size) {
        Random random = new Random(seed);
        double[] filled = random.doubles(FIELDS).map(p -> 0.25 + 0.75 * p).toArray();
        double[] listed = new double[FIELDS];
        Shape before = shape(records(random, size, filled, listed), false);
        filled[7] = 0;

        assertThat(ShapeComparison.compare(shape(records(random, size, filled, listed), false), before, MODEL, MAP))
                .singleElement()
                .satisfies(warning -> {
                    assertThat(warning.kind()).isEqualTo(RunWarning.Kind.FIELD_VANISHED);
                    assertThat(warning.field()).isEqualTo("f7");
                });
    }

    @Property(tries = 100)
    void aKindThatAQuarterOfTheRecordsHasAndNoneHadIsAlwaysToldOf(
            @ForAll long seed, @ForAll @IntRange(min = 500, max = 2_000) int size) {
        Random random = new Random(seed);
        double[] filled = random.doubles(FIELDS).map(p -> 0.25 + 0.75 * p).toArray();
        double[] listed = new double[FIELDS];
        filled[7] = 1;
        Shape before = shape(records(random, size, filled, listed), false);
        listed[7] = 0.25;

        assertThat(ShapeComparison.compare(shape(records(random, size, filled, listed), false), before, MODEL, MAP))
                .singleElement()
                .satisfies(warning -> {
                    assertThat(warning.kind()).isEqualTo(RunWarning.Kind.KIND_CHANGED);
                    assertThat(warning.field()).isEqualTo("f7");
                });
    }

    private static Shape shape(List<ObjectNode> records, boolean whole) {
        StreamShape stream = ShapeLearner.learn(new RawSample("hosts", "", whole, Set.of(), records), MODEL, 5_000);
        return Shape.parse(new Shape(new TreeMap<>(Map.of("hosts", stream))).json());
    }

    private static List<ObjectNode> records(Random random, int count, double[] filled, double[] listed) {
        List<ObjectNode> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ObjectNode row = JsonNodeFactory.instance.objectNode();
            for (int f = 0; f < FIELDS; f++) {
                if (random.nextDouble() < filled[f]) {
                    if (random.nextDouble() < listed[f]) {
                        row.putArray("f" + f).add("text");
                    } else {
                        row.put("f" + f, "text");
                    }
                }
            }
            records.add(row);
        }
        return records;
    }
}
