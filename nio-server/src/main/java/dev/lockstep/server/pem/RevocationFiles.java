package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;

/** Files with revocation lists in PEM or DER. The lists of large authorities have tens of megabytes. */
public final class RevocationFiles {

    /** The largest file, in bytes: a list of 100 MB in PEM. It takes about ten times the 100 MB in memory. */
    public static final long LARGEST = 140_000_000;

    private static final String OPTION = "--client-crl";

    private RevocationFiles() {}

    /** The lists of a file, at least one. */
    public static List<X509CRL> read(Path file) throws UsageError {
        if (Files.isDirectory(file)) {
            throw new UsageError(OPTION, file + " is a directory", "give a file");
        }
        // Not by Files.size: pipes and devices have none, and some devices have no end either.
        try (Bounded content = new Bounded(new BufferedInputStream(Files.newInputStream(file)))) {
            List<X509CRL> lists = parse(file, content);
            if (content.isExceeded()) {
                throw new UsageError(OPTION, file + " is larger than 140 MB", "give a file with revocation lists");
            }
            return lists;
        } catch (NoSuchFileException e) {
            throw new UsageError(OPTION, file + " does not exist", "check the path");
        } catch (IOException e) {
            throw new UsageError(OPTION, file + " cannot be read", "check its permissions");
        }
    }

    private static List<X509CRL> parse(Path file, Bounded content) throws UsageError {
        List<X509CRL> lists = new ArrayList<>();
        try {
            CertificateFactory.getInstance("X.509").generateCRLs(content).forEach(list -> lists.add((X509CRL) list));
        } catch (CRLException | CertificateException e) {
            if (content.isExceeded()) {
                return lists;
            }
            throw new UsageError(OPTION, file + " holds no revocation list that can be read", "fetch the file again");
        }
        if (lists.isEmpty() && !content.isExceeded()) {
            throw new UsageError(OPTION, file + " holds no revocation list", "give a file with one");
        }
        return lists;
    }

    /** Ends after {@link #LARGEST} bytes. */
    private static final class Bounded extends FilterInputStream {
        private long left = LARGEST;
        private boolean exceeded;

        Bounded(InputStream in) {
            super(in);
        }

        /** Whether there was more than that. */
        boolean isExceeded() {
            return exceeded;
        }

        @Override
        public int read() throws IOException {
            if (isAtLimit()) {
                return -1;
            }
            int read = super.read();
            left -= read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (isAtLimit()) {
                return -1;
            }
            int read = super.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }

        private boolean isAtLimit() throws IOException {
            if (left == 0) {
                exceeded |= super.read() >= 0;
                return true;
            }
            return false;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
