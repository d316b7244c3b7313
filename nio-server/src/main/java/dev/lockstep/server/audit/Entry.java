package dev.lockstep.server.audit;

/** What a line says besides its number and its time. */
sealed interface Entry permits KeyUse, Entry.Head, Entry.Repair {

    /**
     * The first line of a file.
     *
     * @param file 1 for the first file of a log, one more for each further one
     * @param previous the chain value of the last line of the file before, {@link Chain#START} for the first file
     */
    record Head(long file, String previous) implements Entry {}

    /**
     * Says that a line cut off by a crash was taken out when the log was opened again.
     *
     * @param bytes how long the piece was
     * @param digest the beginning of its SHA-256, as {@link Chain#digestPrefix} writes it
     */
    record Repair(long bytes, String digest) implements Entry {}
}
