package dev.berth.core.plan;

import dev.berth.core.state.HookState;
import dev.berth.spec.Hook;

/**
 * What the plan of a hook in the runtime's own namespaces is made from.
 *
 * @param index of the hook among those of its kind
 * @param state of the container
 * @param pid of the container's first process, as the runtime sees it; 0 for none
 * @param openFilesHardLimit the runtime's hard {@code RLIMIT_NOFILE}; -1 for none
 */
public record HookRequest(
    HookKind kind, int index, Hook hook, HookState state, long pid, long openFilesHardLimit) {}
