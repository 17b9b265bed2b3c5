// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each operation of the API with parameters and bodies that are nearly right, against a real server. */
class RestFuzzTest {

    private static OwnServer server;
    private static DamagedCalls calls;

    @BeforeAll
    static void start() {
        server = OwnServer.start("fuzzed-server");
        calls = new DamagedCalls(server.address(), server.token());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void eachOperationRefusesWhatItCannotUse(long seed) {
        Random random = new Random(seed);
        for (int operation = 0; operation < calls.operations(); operation++) {
            calls.make(operation, random::nextInt);
        }
    }

    @FuzzTest
    void everyCallIsAnsweredOrRefusedWithWhatToDo(FuzzedDataProvider data) {
        calls.make(
                data.consumeInt(0, calls.operations() - 1),
                ways -> data.remainingBytes() == 0 ? 0 : data.consumeInt(0, ways - 1));
    }
}
