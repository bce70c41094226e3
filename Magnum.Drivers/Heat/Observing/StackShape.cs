using Magnum.Core.Drivers;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat.Observing;

/// <summary>What an engine's stack looks like, as far as observing it needs to know.</summary>
/// <param name="StageOf">The stage that a resource of the main template counts for; null for none.</param>
/// <param name="Parts">What the stack is made of; asked for only when stages are counted.</param>
internal sealed record StackShape(IReadOnlyList<StackNodeGroup> NodeGroups, Func<string, string?> StageOf, Func<IReadOnlyList<StackPart>> Parts);

/// <summary>What was seen, with the outputs for the engine's driver to read; empty unless the stack is complete.</summary>
internal sealed record StackObservation(ObservedCluster Observed, IReadOnlyDictionary<string, HeatOutput> Outputs);
