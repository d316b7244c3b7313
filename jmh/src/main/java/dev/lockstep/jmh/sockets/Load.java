package dev.lockstep.jmh.sockets;

/** What clients do. */
enum Load {
    NEW("New handshakes", "handshakes/s", 50_000),
    RESUMED("Handshakes resumed by ticket", "handshakes/s", 40_000),
    REQUESTS("GET requests on kept connections", "requests/s", 200_000);

    /** A server in native code has its caches filled by then. */
    private static final int NATIVE_WARM_UP = 1000;

    private final String title;
    private final String unit;
    private final int warmUp;

    Load(String title, String unit, int warmUp) {
        this.title = title;
        this.unit = unit;
        this.warmUp = warmUp;
    }

    String title() {
        return title;
    }

    /** What its rate counts. */
    String unit() {
        return unit;
    }

    /** How many operations come before those that are measured; the compiler of a JVM needs many. */
    int warmUp(boolean jvm) {
        return jvm ? warmUp : Math.min(warmUp, NATIVE_WARM_UP);
    }
}
