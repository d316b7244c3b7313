package dev.lockstep.jmh.bench;

import dev.lockstep.jmh.engine.Client;
import dev.lockstep.jmh.engine.Connection;
import dev.lockstep.jmh.engine.EngineKind;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.engine.ServerIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;

/** Whose records are measured: an engine, or the cipher without any protocol around it. */
public enum RecordSubject {
    LOCKSTEP,
    JSSE,
    BCTLS,
    CONSCRYPT,
    TCNATIVE,
    BARE_CIPHER;

    private static final Connection.Watch NONE = new Connection.Watch() {
        @Override
        public void start() {}

        @Override
        public void stop() {}
    };

    /** For tables. */
    public String title() {
        return this == BARE_CIPHER ? "bare cipher" : EngineKind.valueOf(name()).title();
    }

    /** Whether it runs here. */
    public boolean isAvailable() {
        return this == BARE_CIPHER || EngineKind.valueOf(name()).isAvailable();
    }

    /** Whether it is BoringSSL behind JNI. */
    public boolean isNative() {
        return this != BARE_CIPHER && EngineKind.valueOf(name()).isNative();
    }

    /** Whether its interface takes buffers outside the heap. */
    public boolean takesDirectBuffers() {
        return this != BARE_CIPHER && this != BCTLS;
    }

    /** An established connection; for the bare cipher, two ends that share a key. */
    public Connection connect() throws GeneralSecurityException, IOException {
        if (this == BARE_CIPHER) {
            return BareGcm.connect();
        }
        Scenario scenario = Scenario.ECDHE_ECDSA_X25519;
        return Connection.handshake(
                EngineKind.valueOf(name()).create(scenario, ServerIdentity.create(scenario)),
                Client.create(scenario),
                new Connection.Wire(),
                NONE);
    }

    /** Room for plaintext or for a record, on the heap or outside it. */
    public static ByteBuffer buffer(boolean direct, int capacity) {
        return direct ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
    }
}
