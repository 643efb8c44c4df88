package dev.berth.core.lifecycle;

/** Keeps the package in the module until its first type is here. */
interface Placeholder {}
