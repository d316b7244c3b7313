package dev.lockstep.jmh.bench;

import dev.lockstep.jmh.engine.Client;
import dev.lockstep.jmh.engine.Connection;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.engine.ServerSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Records, a batch per sample: the clock is looked at twice for all of them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
public class RecordBenchmark {
    private static final int BATCH_BYTES = 1 << 19;
    private static final int MOST_IN_BATCH = 256;
    private static final int ROOM = 1 << 15;

    @Param
    public RecordSubject subject = RecordSubject.LOCKSTEP;

    @Param({"ECDHE_ECDSA_X25519", "CHACHA20_POLY1305", "AES_128_CBC_SHA256"})
    public Scenario scenario = Scenario.ECDHE_ECDSA_X25519;

    @Param({"16384", "1024", "100"})
    public int size = 100;

    @Param({"false", "true"})
    public boolean direct;

    private int batch;
    private Connection connection;
    private ByteBuffer plaintext;
    private ByteBuffer clientPlaintext;
    private ByteBuffer record;
    private ByteBuffer records;

    @Setup
    public void prepare() throws GeneralSecurityException, IOException {
        batch = Math.min(MOST_IN_BATCH, BATCH_BYTES / size);
        connection = subject.connect(scenario);
        plaintext = RecordSubject.buffer(direct, ROOM);
        clientPlaintext = ByteBuffer.allocate(1 << 14);
        record = RecordSubject.buffer(direct, ROOM);
        records = RecordSubject.buffer(
                direct, batch * (size + scenario.protection().overhead()) + ROOM);
    }

    @TearDown
    public void close() {
        connection.close();
    }

    @Benchmark
    public int write(Meter meter) throws IOException {
        ServerSession server = connection.server();
        meter.start();
        for (int i = 0; i < batch; i++) {
            plaintext.position(0).limit(size);
            record.clear();
            server.write(plaintext, record);
        }
        meter.stop();
        meter.sample(batch);
        return record.position();
    }

    @Benchmark
    public int read(Meter meter) throws IOException {
        ServerSession server = connection.server();
        records.clear();
        for (int i = 0; i < batch; i++) {
            Client.seal(connection.client(), size, clientPlaintext, records);
        }
        records.flip();
        meter.start();
        for (int i = 0; i < batch; i++) {
            plaintext.clear();
            server.read(records, plaintext);
        }
        meter.stop();
        meter.sample(batch);
        if (records.hasRemaining() || plaintext.position() != size) {
            throw new IOException("the records were not opened to the end");
        }
        return plaintext.position();
    }
}
