package dev.lockstep.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lockstep.jmh.bench.RecordSubject;
import dev.lockstep.jmh.engine.Connection;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.engine.ServerSession;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A record costs the garbage collector what the JDK's cipher costs it, and nothing for the protocol around it. */
@Isolated // how far the code is compiled decides what it allocates
class RecordAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROOM = 1 << 15;
    private static final int RECORDS = 200;

    @ParameterizedTest
    @CsvSource({"100, false", "1024, false", "16384, false", "100, true", "16384, true"})
    void aRecordAllocatesNoMoreThanTheBareCipher(int size, boolean direct)
            throws GeneralSecurityException, IOException {
        Allocation ours = allocation(RecordSubject.LOCKSTEP, size, direct);
        Allocation bare = allocation(RecordSubject.BARE_CIPHER, size, false);

        // The bytes the cipher takes depend on how far it is compiled: by a few objects, and never by a buffer.
        long tolerance = 160;
        assertThat(ours.writing()).isPositive().isLessThanOrEqualTo(bare.writing() + tolerance);
        assertThat(ours.reading()).isPositive().isLessThanOrEqualTo(bare.reading() + tolerance);
    }

    private record Allocation(long writing, long reading) {}

    /** Bytes per record, the least of several records each way: what else runs at first is allocated once. */
    private static Allocation allocation(RecordSubject subject, int size, boolean direct)
            throws GeneralSecurityException, IOException {
        try (Connection connection = subject.connect(Scenario.ECDHE_ECDSA_X25519)) {
            ByteBuffer plaintext = RecordSubject.buffer(direct, ROOM);
            ByteBuffer record = RecordSubject.buffer(direct, ROOM);
            ServerSession server = connection.server();
            long writing = Long.MAX_VALUE;
            long reading = Long.MAX_VALUE;
            for (int i = 0; i < RECORDS; i++) {
                plaintext.position(0).limit(size);
                record.clear();
                long before = THREADS.getCurrentThreadAllocatedBytes();
                server.write(plaintext, record);
                writing = Math.min(writing, THREADS.getCurrentThreadAllocatedBytes() - before);

                plaintext.position(0).limit(size);
                record.clear();
                connection.client().write(plaintext, record);
                record.flip();
                plaintext.clear();
                before = THREADS.getCurrentThreadAllocatedBytes();
                server.read(record, plaintext);
                reading = Math.min(reading, THREADS.getCurrentThreadAllocatedBytes() - before);
            }
            return new Allocation(writing, reading);
        }
    }
}
