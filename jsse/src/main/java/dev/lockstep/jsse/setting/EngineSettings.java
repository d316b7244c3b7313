package dev.lockstep.jsse.setting;

import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ClientAuthentication.Demand;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.SuiteOrder;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * What one engine or socket is set to: what its context's configuration says, until the application says otherwise. A setting
 * that the application leaves alone stays null and the configuration as it is, its rules for single host names included.
 *
 * <p>The settings of a connection are fixed when its first handshake begins: a change during it is an
 * {@link IllegalStateException}, since it would have no effect. Once that handshake is over, changes are for the next one
 * that the application begins. Not thread-safe: the engine guards it.
 */
public final class EngineSettings {

    /** The most that a record has besides its plaintext: a header, and with CBC an IV, the longest MAC and padding. */
    private static final int RECORD_OVERHEAD = 5 + 16 + 48 + 16;

    /** That of the least plaintext that a configuration can ask for. */
    private static final int SMALLEST_PACKET = 64 + RECORD_OVERHEAD;

    private final TlsServerConfig config;
    private boolean fixed;
    private boolean begun;
    private boolean changed;
    private boolean protocolEnabled = true;
    private boolean sessionCreation = true;
    private @Nullable List<CipherSuite> suites;
    private @Nullable SuiteOrder suiteOrder;
    private @Nullable Demand demand;
    private @Nullable List<String> protocols;
    private @Nullable List<SNIMatcher> matchers;
    private @Nullable BiFunction<SSLEngine, List<String>, String> engineSelector;
    private @Nullable BiFunction<SSLSocket, List<String>, String> socketSelector;
    private Algorithms algorithms = Algorithms.ALL;
    private @Nullable String endpointIdentification;
    private int maximumPacketSize;

    public EngineSettings(TlsServerConfig config) {
        this.config = config;
        this.maximumPacketSize = TlsServerConnection.NETWORK_BUFFER_SIZE;
    }

    private EngineSettings(EngineSettings that) {
        config = that.config;
        begun = that.begun;
        engineSelector = that.engineSelector;
        socketSelector = that.socketSelector;
        protocolEnabled = that.protocolEnabled;
        sessionCreation = that.sessionCreation;
        suites = that.suites;
        suiteOrder = that.suiteOrder;
        demand = that.demand;
        protocols = that.protocols;
        matchers = that.matchers;
        algorithms = that.algorithms;
        endpointIdentification = that.endpointIdentification;
        maximumPacketSize = that.maximumPacketSize;
    }

    /** Returns the same for a connection that a server socket accepts, or to plan a handshake with: not fixed. */
    public EngineSettings copy() {
        return new EngineSettings(this);
    }

    /** The first handshake begins. */
    public void fix() {
        fixed = true;
        begun = true;
    }

    /** The first handshake has not begun after all. */
    public void unfix() {
        fixed = false;
        begun = false;
    }

    /** The first handshake is over, and another one may begin with other settings. */
    public void reopen() {
        fixed = false;
    }

    /** Returns whether a handshake has begun. */
    public boolean begun() {
        return begun;
    }

    /** Returns whether a setting was changed since the last handshake that the application has begun. */
    public boolean changed() {
        return changed;
    }

    /** A handshake with all settings begins. */
    public void applied() {
        changed = false;
    }

    /** No handshake has taken the changes. */
    public void unapplied() {
        changed = true;
    }

    /**
     * Takes the server's mode, the only one.
     *
     * @throws IllegalArgumentException for the client's mode, and for either of them once the handshake has begun
     */
    public void clientMode(boolean mode) {
        Names.requireServer(mode);
        if (begun) {
            throw new IllegalArgumentException("the mode is fixed once the handshake has begun");
        }
    }

    public TlsServerConfig config() {
        return config;
    }

    public List<CipherSuite> suites() {
        return suites != null ? suites : config.cipherSuites();
    }

    public @Nullable List<CipherSuite> changedSuites() {
        return suites;
    }

    public @Nullable SuiteOrder changedSuiteOrder() {
        return suiteOrder;
    }

    public @Nullable Demand changedDemand() {
        return demand;
    }

    public @Nullable List<String> changedProtocols() {
        return protocols;
    }

    public List<SNIMatcher> matchers() {
        return matchers != null ? matchers : List.of();
    }

    public @Nullable BiFunction<SSLEngine, List<String>, String> engineSelector() {
        return engineSelector;
    }

    public @Nullable BiFunction<SSLSocket, List<String>, String> socketSelector() {
        return socketSelector;
    }

    public boolean protocolEnabled() {
        return protocolEnabled;
    }

    public boolean sessionCreation() {
        return sessionCreation;
    }

    public String[] suiteNames() {
        return Names.of(suites());
    }

    public String[] protocolNames() {
        return protocolEnabled ? Names.supportedProtocols() : new String[0];
    }

    public Demand demand() {
        return demand != null ? demand : config.clientAuthentication(null).demand();
    }

    public void suites(String @Nullable [] names) {
        List<CipherSuite> next = Names.suites(names);
        if (!next.equals(suites())) {
            requireOpen("cipher suites");
            suites = next;
        }
    }

    public void protocols(String @Nullable [] names) {
        boolean next = Names.enableTls12(names);
        if (next != protocolEnabled) {
            requireOpen("protocols");
            protocolEnabled = next;
        }
    }

    /**
     * Takes what the application demands, for every host name. It is recorded also where it equals the configuration's
     * default, since a rule for the host name that the client asks for may differ from that.
     */
    public void demand(Demand next) {
        if (next != demand) {
            requireOpen("client authentication");
            demand = next;
        }
    }

    public void sessionCreation(boolean allowed) {
        if (allowed != sessionCreation) {
            requireOpen("enableSessionCreation");
            sessionCreation = allowed;
        }
    }

    public void engineSelector(@Nullable BiFunction<SSLEngine, List<String>, String> selector) {
        if (selector != engineSelector) {
            requireOpen("the selector of application protocols");
            engineSelector = selector;
            protocols = protocols(); // which count where there is no selector any more
        }
    }

    public void socketSelector(@Nullable BiFunction<SSLSocket, List<String>, String> selector) {
        if (selector != socketSelector) {
            requireOpen("the selector of application protocols");
            socketSelector = selector;
            protocols = protocols();
        }
    }

    /**
     * Takes what is given there. Null leaves a setting as it is, as with the JDK's own engines: only an empty list says that
     * there are no SNI matchers. Named groups and signature schemes are those of the configuration again. What is refused
     * leaves all settings as they were.
     */
    public void apply(SSLParameters parameters) {
        EngineSettings trial = copy();
        trial.fixed = fixed;
        trial.take(parameters);
        take(parameters);
    }

    private void take(SSLParameters parameters) {
        if (parameters.getCipherSuites() != null) {
            suites(parameters.getCipherSuites());
        }
        if (parameters.getProtocols() != null) {
            protocols(parameters.getProtocols());
        }
        Demand next = parameters.getNeedClientAuth()
                ? Demand.REQUIRED
                : parameters.getWantClientAuth() ? Demand.WANTED : Demand.NONE;
        // Parameters that were read and are set again leave the rules for single host names alone.
        if (next != demand()) {
            demand(next);
        }
        SuiteOrder order = parameters.getUseCipherSuitesOrder() ? SuiteOrder.SERVER : SuiteOrder.CLIENT;
        if (order != suiteOrder()) {
            requireOpen("useCipherSuitesOrder");
            suiteOrder = order;
        }
        // The JDK's own engines take a name twice.
        List<String> names =
                Stream.of(parameters.getApplicationProtocols()).distinct().toList();
        if (!names.equals(protocols())) {
            requireOpen("application protocols");
            ConnectionOptions.NONE.withApplicationProtocols(names); // refuses here what the handshake could not use
            protocols = names;
        }
        Collection<SNIMatcher> given = parameters.getSNIMatchers();
        List<SNIMatcher> nextMatchers = given == null ? matchers() : List.copyOf(given);
        if (!nextMatchers.equals(matchers())) {
            requireOpen("SNI matchers");
            matchers = nextMatchers;
        }
        algorithms(Algorithms.of(parameters, algorithms.constraints()));
        String identification = parameters.getEndpointIdentificationAlgorithm();
        endpointIdentification = identification != null ? identification : endpointIdentification;
        maximumPacketSize(parameters.getMaximumPacketSize());
    }

    private void algorithms(Algorithms next) {
        if (next.equals(algorithms)) {
            return;
        }
        if (begun) {
            throw new IllegalStateException(
                    "algorithmConstraints, namedGroups and signatureSchemes: fixed once the first"
                            + " handshake has begun; set them before");
        }
        algorithms = next;
    }

    /** Zero stands for what the provider has, as {@code SSLParameters} says. */
    private void maximumPacketSize(int bytes) {
        int next = bytes == 0 ? TlsServerConnection.NETWORK_BUFFER_SIZE : bytes;
        if (next == maximumPacketSize) {
            return;
        }
        if (next < SMALLEST_PACKET) {
            throw new IllegalArgumentException("maximumPacketSize: " + bytes + " is less than " + SMALLEST_PACKET);
        }
        if (begun) {
            throw new IllegalStateException(
                    "maximumPacketSize: fixed once the first handshake has begun; set it before");
        }
        maximumPacketSize = next;
    }

    /** Returns what is left of the algorithms of the configuration. */
    Algorithms algorithms() {
        return algorithms;
    }

    /** Returns how much plaintext a record can have with which it is a packet of the largest size at most. */
    public int maxSentRecord() {
        return Math.min(config.maxSentRecord(), maximumPacketSize - RECORD_OVERHEAD);
    }

    /**
     * Returns the settings as parameters. Through them, what concerns certificates (algorithm constraints, endpoint
     * identification) also reaches managers; the largest packet bounds the records that are sent.
     */
    public SSLParameters parameters() {
        SSLParameters parameters = new SSLParameters(suiteNames(), protocolNames());
        switch (demand()) {
            case REQUIRED -> parameters.setNeedClientAuth(true);
            case WANTED -> parameters.setWantClientAuth(true);
            case NONE -> parameters.setWantClientAuth(false);
        }
        parameters.setUseCipherSuitesOrder(suiteOrder() == SuiteOrder.SERVER);
        parameters.setApplicationProtocols(protocols().toArray(new String[0]));
        if (!matchers().isEmpty()) {
            parameters.setSNIMatchers(new ArrayList<>(matchers()));
        }
        algorithms.show(parameters);
        parameters.setEndpointIdentificationAlgorithm(endpointIdentification);
        parameters.setMaximumPacketSize(maximumPacketSize);
        return parameters;
    }

    private SuiteOrder suiteOrder() {
        return suiteOrder != null ? suiteOrder : config.suiteOrder();
    }

    private List<String> protocols() {
        return protocols != null ? protocols : config.applicationProtocols();
    }

    private void requireOpen(String setting) {
        if (fixed) {
            throw new IllegalStateException(
                    Objects.requireNonNull(setting) + ": fixed once the handshake has begun; set it before");
        }
        changed = begun;
    }
}
