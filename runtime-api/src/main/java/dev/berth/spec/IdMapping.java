package dev.berth.spec;

/**
 * A range of user or group ids of a user namespace (config-linux.md, "User namespace mappings").
 *
 * @param containerID the first id inside the container
 * @param hostID the first id on the host, to which {@code containerID} is mapped
 * @param size how many ids, from these on, are mapped
 */
public record IdMapping(
    @Required @Unsigned(32) long containerID,
    @Required @Unsigned(32) long hostID,
    @Required @Unsigned(32) long size) {}
