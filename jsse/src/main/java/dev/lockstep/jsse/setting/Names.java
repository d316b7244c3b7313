package dev.lockstep.jsse.setting;

import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names that {@code javax.net.ssl} has for versions and cipher suites, which are those of the IANA registry. */
public final class Names {

    /** The only version. */
    public static final String TLS_1_2 = "TLSv1.2";

    private static final List<String> SUPPORTED =
            Policy.COMPATIBLE.cipherSuites().stream().map(CipherSuite::name).toList();
    private static final Map<String, CipherSuite> BY_NAME = byName();

    private Names() {}

    private static Map<String, CipherSuite> byName() {
        Map<String, CipherSuite> suites = new HashMap<>();
        for (CipherSuite suite : CipherSuite.values()) {
            suites.put(suite.name(), suite);
        }
        return suites;
    }

    /** All suites, most preferred first. */
    public static String[] supportedSuites() {
        return SUPPORTED.toArray(new String[0]);
    }

    /** All versions. */
    public static String[] supportedProtocols() {
        return new String[] {TLS_1_2};
    }

    /**
     * Returns the suites of these names.
     *
     * @throws IllegalArgumentException when there are no names, or one is not supported
     */
    public static List<CipherSuite> suites(String @Nullable [] names) {
        if (names == null) {
            throw new IllegalArgumentException("cipher suites: null");
        }
        List<CipherSuite> suites = new ArrayList<>();
        for (String name : names) {
            CipherSuite suite = name == null ? null : BY_NAME.get(name);
            if (suite == null) {
                throw new IllegalArgumentException(
                        "cipher suites: " + name + " is not supported; see" + " getSupportedCipherSuites");
            }
            if (!suites.contains(suite)) {
                suites.add(suite);
            }
        }
        return List.copyOf(suites);
    }

    /**
     * Returns whether these versions include the only one.
     *
     * @throws IllegalArgumentException when there are no names, or one is not supported
     */
    public static boolean enableTls12(String @Nullable [] names) {
        if (names == null) {
            throw new IllegalArgumentException("protocols: null");
        }
        for (String name : names) {
            if (!TLS_1_2.equals(name)) {
                throw new IllegalArgumentException("protocols: " + name + " is not supported; " + TLS_1_2 + " is");
            }
        }
        return names.length > 0;
    }

    /**
     * Checks that this is the server: {@code IllegalArgumentException} for the client's side, which Lockstep does not
     * have
     */
    public static void requireServer(boolean clientMode) {
        if (clientMode) {
            throw new IllegalArgumentException(
                    "Lockstep is a server; take client engines and sockets from another provider");
        }
    }

    static String[] of(List<CipherSuite> suites) {
        return suites.stream().map(CipherSuite::name).toArray(String[]::new);
    }
}
