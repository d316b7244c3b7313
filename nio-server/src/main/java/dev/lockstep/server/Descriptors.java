package dev.lockstep.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The limit of this process on open descriptors: files and sockets. */
final class Descriptors {

    private Descriptors() {}

    /** Returns the limit ({@code ulimit -n}); {@link Long#MAX_VALUE} where there is none or it is not known. */
    static long most() {
        long most = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        return most > 0 ? most : Long.MAX_VALUE;
    }
}
