namespace Lucid.SessionRecorder.Domain;

/// <summary>Why a body is not a group of whole fragments.</summary>
public enum FragmentGroupFault
{
    None,
    Empty,
    Truncated,
    NoInitialisation,
    InitialisationOutOfPlace,
    NoVideoTrack,
    MediaWithoutFragment,
}
