"""Find similar: from one or a few drawn objects to their look-alikes, without weights.

An object is first its outline: points that face a way, looked for in every size and turn. What has the outline is then
compared by colour, and by the pattern inside where that is seen to repeat. See decision 0020.
"""

from annotator.models.similar.finder import DEFAULT_THRESHOLD, SimilarFinder
from annotator.models.similar.steps import SimilarSettings
from annotator.models.similar.template import Example

__all__ = ["DEFAULT_THRESHOLD", "Example", "SimilarFinder", "SimilarSettings"]
