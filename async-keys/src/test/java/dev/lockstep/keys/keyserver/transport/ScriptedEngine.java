package dev.lockstep.keys.keyserver.transport;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLSession;

/**
 * An engine that has no handshake and whose records are five bytes long: one that begins with a 1 has one byte of content, others
 * have none.
 */
final class ScriptedEngine extends SSLEngine {

    static final int RECORD = 5;

    private final SSLSession session;
    private final HandshakeStatus status;

    /** How many records it was given. */
    int records;

    /**
     * @param session has the sizes of the buffers
     * @param status what it always says
     */
    ScriptedEngine(SSLSession session, HandshakeStatus status) {
        this.session = session;
        this.status = status;
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer from, ByteBuffer[] to, int offset, int length) {
        if (from.remaining() < RECORD) {
            return new SSLEngineResult(Status.BUFFER_UNDERFLOW, status, 0, 0);
        }
        records++;
        boolean content = from.get(from.position()) == 1;
        from.position(from.position() + RECORD);
        if (content) {
            to[offset].put((byte) 'c');
        }
        return new SSLEngineResult(Status.OK, status, RECORD, content ? 1 : 0);
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] from, int offset, int length, ByteBuffer to) {
        return new SSLEngineResult(Status.CLOSED, status, 0, 0);
    }

    @Override
    public Runnable getDelegatedTask() {
        throw new IllegalStateException("it never says that it has one");
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        return status;
    }

    @Override
    public SSLSession getSession() {
        return session;
    }

    @Override
    public void beginHandshake() {}

    @Override
    public void closeInbound() {}

    @Override
    public boolean isInboundDone() {
        return false;
    }

    @Override
    public void closeOutbound() {}

    @Override
    public boolean isOutboundDone() {
        return false;
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return new String[0];
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return new String[0];
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {}

    @Override
    public String[] getSupportedProtocols() {
        return new String[0];
    }

    @Override
    public String[] getEnabledProtocols() {
        return new String[0];
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {}

    @Override
    public void setUseClientMode(boolean mode) {}

    @Override
    public boolean getUseClientMode() {
        return false;
    }

    @Override
    public void setNeedClientAuth(boolean need) {}

    @Override
    public boolean getNeedClientAuth() {
        return false;
    }

    @Override
    public void setWantClientAuth(boolean want) {}

    @Override
    public boolean getWantClientAuth() {
        return false;
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {}

    @Override
    public boolean getEnableSessionCreation() {
        return true;
    }
}
