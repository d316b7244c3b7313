package dev.lockstep.jmh.engine;

import dev.lockstep.tls.provider.CryptoProviders;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

/** The servers that are compared. */
public enum EngineKind {
    LOCKSTEP("Lockstep"),
    /** Lockstep, with what Conscrypt computes. */
    LOCKSTEP_CONSCRYPT("Lockstep+Conscrypt"),
    /** Lockstep, with what the Amazon Corretto Crypto Provider computes. */
    LOCKSTEP_ACCP("Lockstep+ACCP"),
    /** Lockstep, with the faster of the two for each primitive. */
    LOCKSTEP_BOTH("Lockstep+both"),
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

    /** Whether it is Lockstep with primitives from elsewhere. */
    public boolean hasProviders() {
        return this == LOCKSTEP_CONSCRYPT || this == LOCKSTEP_ACCP || this == LOCKSTEP_BOTH;
    }

    /** Whether the engine runs here: two of them bring native code, which not every platform has. */
    public boolean isAvailable() {
        return switch (this) {
            case LOCKSTEP, LOCKSTEP_JSSE, JSSE, BCTLS -> true;
            case LOCKSTEP_CONSCRYPT -> ConscryptEngine.isAvailable();
            case LOCKSTEP_ACCP -> Providers.isAccpAvailable();
            case LOCKSTEP_BOTH -> ConscryptEngine.isAvailable() && Providers.isAccpAvailable();
            case CONSCRYPT -> ConscryptEngine.isAvailable();
            case TCNATIVE -> TcnativeEngine.isAvailable();
        };
    }

    /** Every engine that runs here. */
    public static List<EngineKind> available() {
        return Arrays.stream(values()).filter(EngineKind::isAvailable).toList();
    }

    /** Whether the engine can do what the scenario says: BoringSSL has no CBC with SHA-256. */
    public boolean takes(Scenario scenario) {
        return switch (scenario.protection()) {
            case AES_128_CBC_SHA256 -> !isNative();
            default -> this != BCTLS || !scenario.hasClientCertificate();
        };
    }

    /** Whether it resumes sessions here: what bctls has for that is left to its user. */
    public boolean resumes() {
        return this != BCTLS;
    }

    /** Prepares a server that forgets its sessions. */
    public Engine create(Scenario scenario, ServerIdentity identity) throws GeneralSecurityException {
        return create(scenario, identity, Resumption.NONE);
    }

    /** Prepares a server. */
    public Engine create(Scenario scenario, ServerIdentity identity, Resumption resumption)
            throws GeneralSecurityException {
        return switch (this) {
            case LOCKSTEP -> new LockstepEngine(scenario, identity, resumption, CryptoProviders.NONE);
            case LOCKSTEP_CONSCRYPT ->
                new LockstepEngine(scenario, identity, resumption, CryptoProviders.of(Providers.conscrypt()));
            case LOCKSTEP_ACCP ->
                new LockstepEngine(scenario, identity, resumption, CryptoProviders.of(Providers.accp()));
            case LOCKSTEP_BOTH ->
                new LockstepEngine(
                        scenario, identity, resumption, CryptoProviders.of(Providers.conscrypt(), Providers.accp()));
            case LOCKSTEP_JSSE -> new LockstepSslEngine(scenario, identity, resumption);
            case JSSE -> new JsseEngine(scenario, identity, resumption);
            case BCTLS -> new BctlsEngine(scenario, identity);
            case CONSCRYPT -> ConscryptEngine.create(scenario, identity, resumption);
            case TCNATIVE -> new TcnativeEngine(scenario, identity, resumption);
        };
    }
}
