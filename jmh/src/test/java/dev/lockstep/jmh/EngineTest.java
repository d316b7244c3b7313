package dev.lockstep.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jmh.bench.Meter;
import dev.lockstep.jmh.bench.RecordSubject;
import dev.lockstep.jmh.bench.ResumptionBenchmark;
import dev.lockstep.jmh.bench.ThreadsBenchmark;
import dev.lockstep.jmh.engine.Client;
import dev.lockstep.jmh.engine.Connection;
import dev.lockstep.jmh.engine.EngineKind;
import dev.lockstep.jmh.engine.Resumption;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.engine.ServerIdentity;
import dev.lockstep.jmh.engine.ServerSession;
import dev.lockstep.jmh.growth.Growing;
import dev.lockstep.jmh.growth.GrowthBenchmark;
import dev.lockstep.jmh.slow.SlowKeyBenchmark;
import dev.lockstep.jmh.slow.SlowKind;
import dev.lockstep.jmh.slow.WallMeter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is compared must be the same work: every engine negotiates what the scenario says and carries data both ways. */
@Tag("one-jdk")
class EngineTest {
    private static final int ROOM = 1 << 15;
    private static final int HANDSHAKE = 22;
    private static final int SERVER_KEY_EXCHANGE = 12;
    private static final int CBC_BLOCK = 16;

    static Stream<Arguments> everyEngineInEveryScenario() {
        return EngineKind.available().stream().flatMap(engine -> Stream.of(Scenario.values())
                .filter(engine::takes)
                .map(scenario -> Arguments.of(engine, scenario)));
    }

    @ParameterizedTest
    @MethodSource("everyEngineInEveryScenario")
    void anEngineNegotiatesWhatTheScenarioSays(EngineKind engine, Scenario scenario)
            throws GeneralSecurityException, IOException {
        ServerSession client = Client.create(scenario).connect();
        ServerSession server =
                engine.create(scenario, ServerIdentity.create(scenario)).accept();
        ByteBuffer hello = ByteBuffer.allocate(ROOM);
        client.handshake(ByteBuffer.allocate(0), hello);
        ByteBuffer flight = ByteBuffer.allocate(ROOM);
        server.handshake(hello.flip(), flight);

        List<ByteBuffer> messages = messages(flight.flip());
        int afterServerVersionRandomAndId = 4 + 2 + 32;
        ByteBuffer serverHello = messages.get(0);
        int idLength = serverHello.get(afterServerVersionRandomAndId);
        assertThat(serverHello.getShort(afterServerVersionRandomAndId + 1 + idLength) & 0xffff)
                .isEqualTo(scenario.suiteCode());
        ByteBuffer keyExchange = messages.stream()
                .filter(m -> m.get(0) == SERVER_KEY_EXCHANGE)
                .findFirst()
                .orElseThrow();
        assertThat(keyExchange.getShort(5) & 0xffff).isEqualTo(scenario.group());
        client.close();
        server.close();
    }

    static Stream<Arguments> everySubjectWithEveryMemory() {
        return Stream.of(RecordSubject.values())
                .filter(RecordSubject::isAvailable)
                .flatMap(subject -> Scenario.RECORDS.stream()
                        .filter(subject::takes)
                        .flatMap(scenario -> Stream.of(false, true)
                                .filter(direct -> !direct || subject.takesDirectBuffers())
                                .map(direct -> Arguments.of(subject, scenario, direct))));
    }

    @ParameterizedTest
    @MethodSource("everySubjectWithEveryMemory")
    void oneCallSealsOneRecordAndOneCallOpensIt(RecordSubject subject, Scenario scenario, boolean direct)
            throws GeneralSecurityException, IOException {
        try (Connection connection = subject.connect(scenario)) {
            for (int size : new int[] {100, 1024, 1 << 14}) {
                for (int i = 0; i < 3; i++) {
                    assertThat(carried(connection.server(), connection.client(), scenario, size, direct))
                            .isEqualTo(plaintext(size));
                    assertThat(carried(connection.client(), connection.server(), scenario, size, direct))
                            .isEqualTo(plaintext(size));
                }
            }
        }
    }

    @Test
    void theEnginesWithoutNativeCodeRunEverywhere() {
        assertThat(EngineKind.available()).contains(EngineKind.LOCKSTEP, EngineKind.JSSE, EngineKind.BCTLS);
    }

    static Stream<Arguments> everyWayToResume() {
        return EngineKind.available().stream().filter(EngineKind::resumes).flatMap(engine -> Stream.of(
                        Resumption.BY_ID, Resumption.BY_TICKET)
                .map(resumption -> Arguments.of(engine, resumption)));
    }

    /** The benchmark refuses a handshake with a certificate in it. */
    @ParameterizedTest
    @MethodSource("everyWayToResume")
    void aClientThatReturnsResumes(EngineKind engine, Resumption resumption)
            throws GeneralSecurityException, IOException {
        ResumptionBenchmark benchmark = new ResumptionBenchmark();
        benchmark.engine = engine;
        benchmark.resumption = resumption;
        benchmark.prepare();
        for (int i = 0; i < 3; i++) {
            assertThat(benchmark.resume(new Meter())).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Resumption.class)
    void threadsShareAConfiguration(Resumption resumption)
            throws GeneralSecurityException, IOException, InterruptedException, ExecutionException {
        ThreadsBenchmark benchmark = new ThreadsBenchmark();
        benchmark.threads = 2;
        benchmark.resumption = resumption;
        benchmark.prepare();
        Meter meter = new Meter();
        assertThat(benchmark.handshakes(meter)).isPositive();
        benchmark.close();
        assertThat(meter.nanos()).isPositive();
    }

    static Stream<SlowKind> everyServerWithASlowKey() {
        return Stream.of(SlowKind.values()).filter(SlowKind::isAvailable);
    }

    @ParameterizedTest
    @MethodSource("everyServerWithASlowKey")
    void handshakesAreCompletedWithASlowKey(SlowKind kind)
            throws GeneralSecurityException, IOException, InterruptedException {
        SlowKeyBenchmark benchmark = new SlowKeyBenchmark();
        benchmark.kind = kind;
        benchmark.prepare();
        WallMeter meter = new WallMeter();
        meter.reset();
        for (int i = 0; i < 300; i++) {
            benchmark.handshake(meter);
        }
        benchmark.close();
        assertThat(meter.nanos()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IDLE") // its preparation is the measurement, and long
    void whatMustNotGrowIsMeasured(Growing growing) throws GeneralSecurityException, IOException {
        GrowthBenchmark benchmark = new GrowthBenchmark();
        benchmark.growing = growing;
        benchmark.count = 3;
        benchmark.prepare();
        Meter meter = new Meter();
        assertThat(benchmark.cost(meter)).isNotNull();
        assertThat(meter.bytes()).isPositive();
    }

    private static ByteBuffer carried(ServerSession from, ServerSession to, Scenario scenario, int size, boolean direct)
            throws IOException {
        ByteBuffer record = RecordSubject.buffer(direct, ROOM);
        ByteBuffer in = RecordSubject.buffer(direct, 1 << 14);
        in.put(plaintext(size)).flip();
        from.write(in, record);
        assertThat(in.hasRemaining()).isFalse();
        int longest = size + scenario.protection().overhead();
        assertThat(record.flip().remaining()).isBetween(longest - CBC_BLOCK + 1, longest);
        ByteBuffer out = RecordSubject.buffer(direct, ROOM);
        to.read(record, out);
        assertThat(record.hasRemaining()).isFalse();
        return ByteBuffer.allocate(size).put(out.flip()).flip();
    }

    private static ByteBuffer plaintext(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (31 * i + size);
        }
        return ByteBuffer.wrap(bytes);
    }

    private static List<ByteBuffer> messages(ByteBuffer records) {
        ByteBuffer joined = ByteBuffer.allocate(records.remaining());
        while (records.hasRemaining()) {
            assertThat(records.get()).isEqualTo((byte) HANDSHAKE);
            assertThat(records.getShort()).isEqualTo((short) 0x0303);
            int length = records.getShort();
            joined.put(records.slice(records.position(), length));
            records.position(records.position() + length);
        }
        joined.flip();
        List<ByteBuffer> messages = new ArrayList<>();
        while (joined.hasRemaining()) {
            int length = 4 + (joined.getInt(joined.position()) & 0xffffff);
            messages.add(joined.slice(joined.position(), length));
            joined.position(joined.position() + length);
        }
        return messages;
    }
}
