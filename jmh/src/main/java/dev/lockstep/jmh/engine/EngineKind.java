package dev.lockstep.jmh.engine;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

/** The servers that are compared. */
public enum EngineKind {
    LOCKSTEP("Lockstep"),
    LOCKSTEP_JSSE("Lockstep SSLEngine"),
    JSSE("JSSE"),
    BCTLS("bctls"),
    CONSCRYPT("Conscrypt"),
    TCNATIVE("tcnative");

    private final String title;

    EngineKind(String title) {
        this.title = title;
    }

    /** For tables. */
    public String title() {
        return title;
    }

    /** Whether it is BoringSSL behind JNI. */
    public boolean isNative() {
        return this == CONSCRYPT || this == TCNATIVE;
    }

    /** Whether the engine runs here: two of them bring native code, which not every platform has. */
    public boolean isAvailable() {
        return switch (this) {
            case LOCKSTEP, LOCKSTEP_JSSE, JSSE, BCTLS -> true;
            case CONSCRYPT -> ConscryptEngine.isAvailable();
            case TCNATIVE -> TcnativeEngine.isAvailable();
        };
    }

    /** Every engine that runs here. */
    public static List<EngineKind> available() {
        return Arrays.stream(values()).filter(EngineKind::isAvailable).toList();
    }

    /** Prepares a server. */
    public Engine create(Scenario scenario, ServerIdentity identity) throws GeneralSecurityException {
        return switch (this) {
            case LOCKSTEP -> new LockstepEngine(scenario, identity);
            case LOCKSTEP_JSSE -> new LockstepSslEngine(scenario, identity);
            case JSSE -> new JsseEngine(scenario, identity);
            case BCTLS -> new BctlsEngine(scenario, identity);
            case CONSCRYPT -> new ConscryptEngine(scenario, identity);
            case TCNATIVE -> new TcnativeEngine(scenario, identity);
        };
    }
}
