package dev.lockstep.server.audit;

/** What a line says besides its number and its time. */
sealed interface Entry permits KeyUse, Entry.Head, Entry.Repair, Entry.Checkpoint {

    /**
     * The first line of a file.
     *
     * @param file 1 for the first file of a log, one more for each further one
     * @param previous the chain value of the last line of the file before, {@link Chain#START} for the first file
     */
    record Head(long file, String previous) implements Entry {}

    /**
     * Covers every line before it with the log's key.
     *
     * @param mac as {@link CheckpointKey#checkpoint} makes it
     */
    record Checkpoint(String mac) implements Entry {}

    /**
     * Says that writing was interrupted, and that a piece of a line was taken out when it was taken up again.
     *
     * @param bytes how long the piece was; 0 when a failure left none
     * @param digest the beginning of its SHA-256, as {@link Chain#digestPrefix} writes it
     */
    record Repair(long bytes, String digest) implements Entry {}
}
