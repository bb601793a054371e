"""Which posts whoever is signed in answers for now."""

from hotline.store import people
from hotline.web.parts import my_id
from hotline.work import Work


def posts_answered(work: Work) -> list[str]:
    """Return the posts that I answer for now: my own, and those I stand in for (AB岗)."""
    mine = work.actor.posts
    posts = work.kit.maps.current.posts.values()
    stand_ins = {post.id: post.stand_in for post in posts if post.stand_in in mine}
    duty = people.on_duty(work.session, stand_ins, work.now)
    return [*mine, *(post for post, found in duty.items() if found.staff_id == my_id())]
