package dev.lockstep.jsse;

import dev.lockstep.jsse.setting.EngineSettings;
import dev.lockstep.jsse.setting.Names;
import dev.lockstep.tls.config.ClientAuthentication.Demand;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** What an engine is set to, and the lock that guards that: it is held shortly, and not while keys, managers or observers run. */
abstract class SettableEngine extends SSLEngine {

    final EngineSettings settings;
    private final ReentrantLock lock = new ReentrantLock();

    SettableEngine(EngineSettings settings, @Nullable String peerHost, int peerPort) {
        super(peerHost, peerPort);
        this.settings = settings;
    }

    @Override
    public void setHandshakeApplicationProtocolSelector(
            @Nullable BiFunction<SSLEngine, List<String>, String> selector) {
        set(() -> settings.engineSelector(selector));
    }

    @Override
    public @Nullable BiFunction<SSLEngine, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return locked(settings::engineSelector);
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return Names.supportedSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return locked(settings::suiteNames);
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        set(() -> settings.suites(suites));
    }

    @Override
    public String[] getSupportedProtocols() {
        return Names.supportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return locked(settings::protocolNames);
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        set(() -> settings.protocols(protocols));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException for the client's side, which Lockstep does not have, and once the handshake has begun
     */
    @Override
    public void setUseClientMode(boolean mode) {
        set(() -> settings.clientMode(mode));
    }

    @Override
    public boolean getUseClientMode() {
        return false;
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        set(() -> settings.demand(need ? Demand.REQUIRED : Demand.NONE));
    }

    @Override
    public boolean getNeedClientAuth() {
        return locked(settings::demand) == Demand.REQUIRED;
    }

    @Override
    public void setWantClientAuth(boolean want) {
        set(() -> settings.demand(want ? Demand.WANTED : Demand.NONE));
    }

    @Override
    public boolean getWantClientAuth() {
        return locked(settings::demand) == Demand.WANTED;
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        set(() -> settings.sessionCreation(flag));
    }

    @Override
    public boolean getEnableSessionCreation() {
        return locked(settings::sessionCreation);
    }

    @Override
    public SSLParameters getSSLParameters() {
        return locked(settings::parameters);
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        set(() -> settings.apply(parameters));
    }

    /** Returns what the first handshake is made with, and fixes it. */
    final EngineSettings fixed() {
        return locked(() -> {
            EngineSettings planned = settings.copy();
            settings.fix();
            return planned;
        });
    }

    /** Returns the settings if they were changed since the last handshake that the application has begun, else null. */
    final @Nullable EngineSettings changes() {
        return locked(() -> {
            EngineSettings planned = settings.changed() ? settings.copy() : null;
            settings.applied();
            return planned;
        });
    }

    final void set(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    final <T extends @Nullable Object> T locked(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }
}
