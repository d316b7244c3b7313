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
    LOCKSTEP_BOTH,
    LOCKSTEP_JSSE,
    JSSE,
    BCTLS,
    CONSCRYPT,
    TCNATIVE,
    BARE_CIPHER;

    static final Connection.Watch NONE = new Connection.Watch() {
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

    /** Whether it has the scenario's suite; from the providers comes ChaCha20 only, AES is the JDK's everywhere. */
    public boolean takes(Scenario scenario) {
        return switch (this) {
            case BARE_CIPHER -> scenario == Scenario.ECDHE_ECDSA_X25519;
            case LOCKSTEP_BOTH -> scenario == Scenario.CHACHA20_POLY1305;
            default -> EngineKind.valueOf(name()).takes(scenario);
        };
    }

    /** Whether native code is in it. */
    public boolean isNative() {
        return this != BARE_CIPHER
                && (EngineKind.valueOf(name()).isNative()
                        || EngineKind.valueOf(name()).hasProviders());
    }

    /** Whether its interface takes buffers outside the heap. */
    public boolean takesDirectBuffers() {
        return this != BARE_CIPHER && this != BCTLS;
    }

    /** An established connection; for the bare cipher, two ends that share a key. */
    public Connection connect(Scenario scenario) throws GeneralSecurityException, IOException {
        if (this == BARE_CIPHER) {
            return BareGcm.connect();
        }
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
