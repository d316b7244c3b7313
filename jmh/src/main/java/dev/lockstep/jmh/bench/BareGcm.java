package dev.lockstep.jmh.bench;

import dev.lockstep.jmh.engine.Connection;
import dev.lockstep.jmh.engine.ServerSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The floor of a record: the JDK's cipher, one object per direction, initialised with each record's nonce, from array to
 * array. It writes records of the right shape, so that it takes the place of an engine.
 */
final class BareGcm implements ServerSession {
    private static final int HEADER = 5;
    private static final int EXPLICIT = 8;
    private static final int TAG_BITS = 128;
    private static final int TAG = TAG_BITS / 8;
    private static final int ADDITIONAL_DATA = 13;

    private final SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
    private final Cipher sealing = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    private final Cipher opening = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    private final byte[] sealingNonce = new byte[12];
    private final byte[] openingNonce = new byte[12];
    private final byte[] additionalData = new byte[ADDITIONAL_DATA];
    private long sealed;

    private BareGcm() throws GeneralSecurityException {}

    static Connection connect() throws GeneralSecurityException {
        return new Connection(new BareGcm(), new BareGcm());
    }

    @Override
    public void handshake(ByteBuffer netIn, ByteBuffer netOut) {
        throw new UnsupportedOperationException("there is no protocol here");
    }

    @Override
    public boolean isEstablished() {
        return true;
    }

    @Override
    public void read(ByteBuffer netIn, ByteBuffer appOut) throws IOException {
        byte[] in = netIn.array();
        int at = netIn.position();
        int length = (in[at + HEADER - 2] & 0xff) << 8 | (in[at + HEADER - 1] & 0xff);
        System.arraycopy(in, at + HEADER, openingNonce, openingNonce.length - EXPLICIT, EXPLICIT);
        try {
            opening.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, openingNonce));
            opening.updateAAD(additionalData);
            int opened =
                    opening.doFinal(in, at + HEADER + EXPLICIT, length - EXPLICIT, appOut.array(), appOut.position());
            netIn.position(at + HEADER + length);
            appOut.position(appOut.position() + opened);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void write(ByteBuffer appIn, ByteBuffer netOut) throws IOException {
        byte[] out = netOut.array();
        int at = netOut.position();
        int length = appIn.remaining();
        netOut.putLong(at + HEADER, ++sealed);
        System.arraycopy(out, at + HEADER, sealingNonce, sealingNonce.length - EXPLICIT, EXPLICIT);
        try {
            sealing.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealingNonce));
            sealing.updateAAD(additionalData);
            sealing.doFinal(appIn.array(), appIn.position(), length, out, at + HEADER + EXPLICIT);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        netOut.putShort(at + HEADER - 2, (short) (EXPLICIT + length + TAG));
        appIn.position(appIn.limit());
        netOut.position(at + HEADER + EXPLICIT + length + TAG);
    }
}
